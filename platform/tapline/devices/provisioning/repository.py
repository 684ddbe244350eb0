from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from tapline.devices.provisioning.model import ClaimBatch, ShippedDevice
from tapline.uow import UnitOfWork


class ProvisioningRepository:
    """Batches and shipped devices; serials and claim ids are unique among all tenants."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, *rows: ClaimBatch | ShippedDevice) -> None:
        self._session.add_all(rows)
        self._session.flush()

    def batch(self, claim_id: str) -> ClaimBatch | None:
        return self._session.get(ClaimBatch, claim_id)

    def batches(self, tenant_id: str | None = None) -> Sequence[ClaimBatch]:
        """Newest first."""
        batches = select(ClaimBatch).order_by(ClaimBatch.made_at.desc())
        if tenant_id is not None:
            batches = batches.where(ClaimBatch.tenant_id == tenant_id)
        return self._session.scalars(batches).all()

    def live(self, moment: datetime) -> Sequence[ClaimBatch]:
        return self._session.scalars(select(ClaimBatch).where(ClaimBatch.ends_at > moment)).all()

    def shipped(self, serial: str, *, lock: bool = False) -> ShippedDevice | None:
        device = select(ShippedDevice).where(ShippedDevice.serial == serial)
        if lock:
            device = device.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(device)

    def known(self, serials: Collection[str]) -> dict[str, ShippedDevice]:
        rows = self._session.scalars(select(ShippedDevice).where(ShippedDevice.serial.in_(serials)))
        return {row.serial: row for row in rows}

    def listed(self, tenant_id: str, limit: int) -> Sequence[ShippedDevice]:
        """Newest first."""
        return self._session.scalars(
            select(ShippedDevice)
            .where(ShippedDevice.tenant_id == tenant_id)
            .order_by(ShippedDevice.listed_at.desc(), ShippedDevice.serial)
            .limit(limit)
        ).all()
