from datetime import date, datetime, time, timedelta

from tapline import clock, routing
from tapline.hotline import works
from tapline.hotline.calls.model import Call
from tapline.hotline.measures.rules import Figures, Handled, figures_of
from tapline.hotline.records.model import CallRecord
from tapline.hotline.records.repository import RecordRepository
from tapline.uow import UnitOfWork

_DAY = timedelta(days=1)


def figures(uow: UnitOfWork, *, tenant_id: str, day: date) -> Figures:
    """The figures of a business day (Asia/Shanghai), from the calls that began and ended."""
    start = datetime.combine(day, time(), clock.BUSINESS_ZONE)
    rows = RecordRepository(uow, tenant_id).between(start, start + _DAY)
    handled = [_handled(record, call) for record, call in rows if record.outcome is not None]
    return figures_of(handled, wrap_up_max_s=_wrap_up_s(uow, tenant_id))


def _handled(record: CallRecord, call: Call) -> Handled:
    assert record.outcome is not None
    return Handled(
        direction=record.direction,
        outcome=record.outcome,
        queued=record.queued_at is not None,
        wait_s=record.wait_s or 0,
        talk_s=record.talk_s or 0,
        ended_at=record.ended_at,
        disposed_at=call.disposed_at,
    )


def _wrap_up_s(uow: UnitOfWork, tenant_id: str) -> int:
    """As the queue of calls allows it."""
    desk = routing.view(uow, tenant_id=tenant_id)
    lines = (line.config for line in desk.queues if line.config.queue == works.CALLS)
    return next((line.wrap_up_ms // 1000 for line in lines), 0)
