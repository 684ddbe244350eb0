from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.devices.model import Device, DeviceEvent
from tapline.uow import UnitOfWork


class DeviceEventRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, values: dict[str, object]) -> bool:
        """Store the event; false where its number is stored already."""
        added = self._session.execute(
            insert(DeviceEvent)
            .values(**values)
            .on_conflict_do_nothing()
            .returning(DeviceEvent.evt_seq)
        )
        return added.first() is not None

    def known_since(self, device_id: str) -> datetime:
        """When the device was registered, whosever it is now."""
        found = select(Device.created_at).where(Device.device_id == device_id)
        return self._session.execute(found).scalar_one()

    def following(self, device_id: str, code: str, evt_seq: int) -> DeviceEvent | None:
        """What it said of the same code next, where that came before this did."""
        return self._session.scalar(
            select(DeviceEvent)
            .where(
                DeviceEvent.device_id == device_id,
                DeviceEvent.evt_seq > evt_seq,
                DeviceEvent.code == code,
            )
            .order_by(DeviceEvent.evt_seq)
            .limit(1)
        )
