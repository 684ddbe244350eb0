from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

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
