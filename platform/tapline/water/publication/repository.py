from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.devices import Device
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.errors import NotFoundError
from tapline.sites import Site
from tapline.uow import UnitOfWork


class PublicationRepository:
    """Machines and sites by what is printed on them, whosever they are."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def device(self, device_id: str) -> Device:
        device = self._session.get(Device, device_id)
        if device is None or device.revoked_at is not None:
            raise NotFoundError(f"no machine {device_id}")
        return device

    def site(self, site_id: UUID) -> Site:
        site = self._session.get(Site, site_id)
        if site is None:
            raise NotFoundError("no such site")
        return site

    def devices(self, tenant_id: str) -> Sequence[Device]:
        """Those in use, by id."""
        return self._session.scalars(
            select(Device)
            .where(Device.tenant_id == tenant_id, Device.revoked_at.is_(None))
            .order_by(Device.device_id)
        ).all()

    def told_to_stop(self, device_ids: Collection[str]) -> set[str]:
        """Those whose last word on the sale, carried out, was to stop it."""
        rows = self._session.execute(
            select(DeviceCommand.device_id, DeviceCommand.op)
            .where(
                DeviceCommand.device_id.in_(device_ids),
                DeviceCommand.op.in_(["stop_sale", "resume_sale"]),
                DeviceCommand.state == CommandState.DONE,
            )
            .order_by(DeviceCommand.position)
        )
        last = {row[0]: row[1] for row in rows}
        return {device_id for device_id, op in last.items() if op == "stop_sale"}
