from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from tapline.faults.model import Alarm
from tapline.uow import UnitOfWork


class AlarmRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def raise_(self, values: dict[str, object]) -> None:
        """Open an alarm, unless the same one is open."""
        self._session.execute(insert(Alarm).values(**values).on_conflict_do_nothing())

    def clear(self, device_id: str, code: str, moment: datetime) -> None:
        self._session.execute(
            update(Alarm)
            .where(Alarm.device_id == device_id, Alarm.code == code, Alarm.cleared_at.is_(None))
            .values(cleared_at=moment)
        )

    def open_of(self, tenant_id: str, device_ids: Collection[str] | None) -> Sequence[Alarm]:
        alarms = (
            select(Alarm)
            .where(Alarm.tenant_id == tenant_id, Alarm.cleared_at.is_(None))
            .order_by(Alarm.raised_at)
        )
        if device_ids is not None:
            alarms = alarms.where(Alarm.device_id.in_(device_ids))
        return self._session.scalars(alarms).all()
