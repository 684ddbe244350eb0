from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from tapline.faults.model import Alarm
from tapline.uow import UnitOfWork


class AlarmRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, alarm: Alarm) -> None:
        self._session.flush()
        self._session.add(alarm)
        self._session.flush()

    def add_open(self, alarm: Alarm) -> None:
        """Open an alarm, unless the same one is open."""
        values = {column.name: getattr(alarm, column.name) for column in Alarm.__table__.columns}
        self._session.execute(insert(Alarm).values(**values).on_conflict_do_nothing())

    def clear(self, device_id: str, code: str, moment: datetime) -> None:
        """No alarm ends before it began, whatever clock the device goes by."""
        self._session.execute(
            update(Alarm)
            .where(Alarm.device_id == device_id, Alarm.code == code, Alarm.cleared_at.is_(None))
            .values(cleared_at=func.greatest(Alarm.raised_at, moment))
        )

    def on_at(self, device_id: str, code: str, moment: datetime) -> Alarm | None:
        """The alarm that was on at a moment, its first included and its last not."""
        return self._session.scalar(
            select(Alarm)
            .where(
                Alarm.device_id == device_id,
                Alarm.code == code,
                Alarm.raised_at <= moment,
                or_(Alarm.cleared_at.is_(None), Alarm.cleared_at > moment),
            )
            .order_by(Alarm.raised_at)
            .limit(1)
            .execution_options(populate_existing=True)
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
