from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.devices.certificates.model import DeviceCertificate, IssuingAuthority
from tapline.uow import UnitOfWork


class CertificateRepository:
    """Authorities and the certificates of all tenants' devices."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, row: IssuingAuthority | DeviceCertificate) -> None:
        self._session.add(row)
        self._session.flush()

    def authorities(self, moment: datetime, *, lock: bool = False) -> Sequence[IssuingAuthority]:
        """Those that have not ended, the newest first."""
        rows = (
            select(IssuingAuthority)
            .where(IssuingAuthority.ends_at > moment)
            .order_by(IssuingAuthority.made_at.desc(), IssuingAuthority.serial)
        )
        return self._session.scalars(rows.with_for_update() if lock else rows).all()

    def get(self, serial: str) -> DeviceCertificate | None:
        return self._session.get(DeviceCertificate, serial, with_for_update=True)

    def live(self, device_id: str, moment: datetime) -> Sequence[DeviceCertificate]:
        """What a device may show at that moment, newest first."""
        return self._session.scalars(
            select(DeviceCertificate)
            .where(
                DeviceCertificate.device_id == device_id,
                DeviceCertificate.revoked_at.is_(None),
                DeviceCertificate.ends_at > moment,
            )
            .order_by(DeviceCertificate.issued_at.desc(), DeviceCertificate.serial)
        ).all()

    def issued_since(self, device_id: str, moment: datetime) -> int:
        rows = select(func.count()).where(
            DeviceCertificate.device_id == device_id, DeviceCertificate.issued_at >= moment
        )
        return self._session.scalar(rows) or 0

    def revoked(self, authority_serial: str, moment: datetime) -> list[tuple[str, datetime]]:
        """(serial, revoked at) of those that would hold still, in order."""
        rows = select(DeviceCertificate).where(
            DeviceCertificate.authority_serial == authority_serial,
            DeviceCertificate.revoked_at.is_not(None),
            DeviceCertificate.ends_at > moment,
        )
        ended = self._session.scalars(rows.order_by(DeviceCertificate.serial))
        return [(one.serial, one.revoked_at) for one in ended if one.revoked_at is not None]

    def holders(self, moment: datetime) -> dict[str, int]:
        """authority -> how many devices' newest certificate is of it."""
        newest = self._newest(moment).subquery()
        rows = self._session.execute(
            select(newest.c.authority_serial, func.count().label("devices")).group_by(
                newest.c.authority_serial
            )
        )
        return {row.authority_serial: row.devices for row in rows}

    def left_behind(
        self, authority_serials: Collection[str], moment: datetime
    ) -> list[tuple[str, str]]:
        """(tenant, device) of those whose newest certificate is of these authorities."""
        newest = self._newest(moment).subquery()
        rows = self._session.execute(
            select(newest.c.tenant_id, newest.c.device_id)
            .where(newest.c.authority_serial.in_(authority_serials))
            .order_by(newest.c.device_id)
        )
        return [(tenant_id, device_id) for tenant_id, device_id in rows]

    def end_under(self, authority_serials: Collection[str], moment: datetime, reason: str) -> None:
        """End all certificates of these authorities."""
        self._session.execute(
            update(DeviceCertificate)
            .where(
                DeviceCertificate.authority_serial.in_(authority_serials),
                DeviceCertificate.revoked_at.is_(None),
                DeviceCertificate.ends_at > moment,
            )
            .values(revoked_at=moment, revoked_for=reason)
        )

    def _newest(self, moment: datetime) -> Select[str, str, str]:
        """(tenant, device, authority) of each device's newest certificate that holds."""
        return (
            select(
                DeviceCertificate.tenant_id,
                DeviceCertificate.device_id,
                DeviceCertificate.authority_serial,
            )
            .ext(distinct_on(DeviceCertificate.device_id))
            .where(DeviceCertificate.revoked_at.is_(None), DeviceCertificate.ends_at > moment)
            .order_by(DeviceCertificate.device_id, DeviceCertificate.issued_at.desc())
        )

    def listed(
        self, tenant_id: str, device_id: str | None, limit: int
    ) -> Sequence[DeviceCertificate]:
        """A tenant's, or of one device of it, newest first."""
        rows = select(DeviceCertificate).where(DeviceCertificate.tenant_id == tenant_id)
        if device_id is not None:
            rows = rows.where(DeviceCertificate.device_id == device_id)
        return self._session.scalars(
            rows.order_by(DeviceCertificate.issued_at.desc(), DeviceCertificate.serial).limit(limit)
        ).all()
