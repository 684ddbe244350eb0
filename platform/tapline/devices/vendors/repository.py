from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from tapline.devices.model import Device
from tapline.devices.vendors.model import (
    VendorAccount,
    VendorDevice,
    VendorLanguage,
    VendorPush,
)
from tapline.uow import UnitOfWork


class Bound(NamedTuple):
    """Which machine of ours a maker means."""

    vendor: str
    foreign_id: str
    tenant_id: str
    device_id: str
    is_witness: bool


class Language(NamedTuple):
    """What a machine speaks: whose language, what its maker calls it, and the operations that
    there are words for."""

    maker: str
    foreign_id: str
    operations: frozenset[str]


_BOUND = (
    select(
        VendorDevice.vendor,
        VendorDevice.foreign_id,
        Device.tenant_id,
        VendorDevice.device_id,
        VendorDevice.is_witness,
    )
    .join(Device, Device.device_id == VendorDevice.device_id)
    .where(Device.revoked_at.is_(None))
)


class VendorRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, row: VendorDevice) -> None:
        self._session.add(row)
        self._session.flush()

    def of_device(self, device_id: str) -> VendorDevice | None:
        return self._session.scalar(select(VendorDevice).where(VendorDevice.device_id == device_id))

    def languages(self, device_ids: Collection[str]) -> dict[str, Language]:
        """By device, without those that only a second account is about."""
        rows = self._session.execute(
            select(
                VendorDevice.device_id,
                VendorDevice.vendor,
                VendorDevice.foreign_id,
                VendorLanguage.operations,
            )
            .outerjoin(VendorLanguage, VendorLanguage.vendor == VendorDevice.vendor)
            .where(VendorDevice.device_id.in_(device_ids), ~VendorDevice.is_witness)
        )
        return {
            row.device_id: Language(row.vendor, row.foreign_id, frozenset(row.operations or ()))
            for row in rows
        }

    def keep_language(self, vendor: str, operations: Collection[str]) -> None:
        new = insert(VendorLanguage).values(vendor=vendor, operations=sorted(operations))
        self._session.execute(
            new.on_conflict_do_update(
                index_elements=["vendor"], set_={"operations": new.excluded.operations}
            )
        )

    def find(self, vendor: str, foreign_id: str) -> Bound | None:
        """The machine that a maker means, where it is ours still."""
        named = VendorDevice.vendor == vendor, VendorDevice.foreign_id == foreign_id
        found = self._session.execute(_BOUND.where(*named)).first()
        return None if found is None else Bound(*found)

    def listed(self, tenant_id: str) -> Sequence[Bound]:
        """Those of one operator."""
        own = _BOUND.where(Device.tenant_id == tenant_id).order_by(VendorDevice.device_id)
        return [Bound(*row) for row in self._session.execute(own)]

    def logs_in_as(self, name: str) -> bool:
        """Whether some maker calls a machine so: at the broker these are user names."""
        return bool(
            self._session.scalar(select(VendorDevice.device_id).filter_by(foreign_id=name).limit(1))
        )

    def logins(self) -> dict[str, str]:
        rows = self._session.execute(
            select(VendorDevice.foreign_id, Device.mqtt_password_hash)
            .join(Device, Device.device_id == VendorDevice.device_id)
            .where(Device.revoked_at.is_(None), ~VendorDevice.is_witness)
        )
        return dict(rows.all())

    def keep_account(self, row: dict[str, Any]) -> None:
        """A second one of the same cloud takes the place of the first."""
        new = insert(VendorAccount).values(row)
        self._session.execute(
            new.on_conflict_do_update(
                index_elements=["tenant_id", "vendor"],
                set_={
                    "secret_sealed": new.excluded.secret_sealed,
                    "opened_at": new.excluded.opened_at,
                },
            )
        )

    def account(self, tenant_id: str, vendor: str) -> VendorAccount | None:
        return self._session.get(VendorAccount, (tenant_id, vendor))

    def accounts(self, tenant_id: str) -> Sequence[VendorAccount]:
        return self._session.scalars(
            select(VendorAccount)
            .where(VendorAccount.tenant_id == tenant_id)
            .order_by(VendorAccount.vendor)
        ).all()

    def add_push(self, row: dict[str, Any]) -> bool:
        """Store a push; false where its nonce was used before."""
        added = self._session.execute(
            insert(VendorPush)
            .values(row)
            .on_conflict_do_nothing(index_elements=["tenant_id", "vendor", "nonce"])
            .returning(VendorPush.push_id)
        )
        return added.first() is not None

    def waiting_pushes(self, limit: int) -> Sequence[VendorPush]:
        """The oldest that nobody has handled, and nobody else is handling."""
        return self._session.scalars(
            select(VendorPush)
            .where(VendorPush.handled_at.is_(None))
            .order_by(VendorPush.push_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def mark_handled(self, push_ids: Collection[int], moment: datetime) -> None:
        self._session.execute(
            update(VendorPush)
            .where(VendorPush.push_id.in_(push_ids))
            .values(handled_at=moment)
            .execution_options(synchronize_session=False)
        )

    def forget_pushes(self, before: datetime) -> None:
        self._session.execute(
            delete(VendorPush)
            .where(VendorPush.handled_at < before)
            .execution_options(synchronize_session=False)
        )
