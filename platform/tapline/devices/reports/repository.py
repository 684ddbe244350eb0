from sqlalchemy.dialects.postgresql import insert

from tapline.devices.model import DeviceEvent
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
