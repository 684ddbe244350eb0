from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tapline import calendar, clock, policy, routing
from tapline.errors import ConflictError
from tapline.hotline import works
from tapline.hotline.callbacks import rules, telling
from tapline.hotline.callbacks.model import CallBack, CallBackReason, CallBackState
from tapline.hotline.callbacks.repository import CallBackRepository
from tapline.hotline.calls.model import Call
from tapline.hotline.numbers.model import HotlineNumber
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def call_backs(
    uow: UnitOfWork, *, tenant_id: str, live: bool = True, limit: int = 200
) -> Sequence[CallBack]:
    """Open promises by their place, or those that ended, the last first."""
    return CallBackRepository(uow, tenant_id).listed(live=live, limit=limit)


def call_back(uow: UnitOfWork, *, tenant_id: str, callback_id: UUID) -> CallBack:
    """One promise; `NotFoundError` where the tenant has none such."""
    return CallBackRepository(uow, tenant_id).get(callback_id)


def promise(
    uow: UnitOfWork, call: Call, number: HotlineNumber, *, reason: CallBackReason
) -> CallBack:
    """Promise a caller to ring him back, once; he keeps the place that he has.

    A busy desk calls back as soon as somebody is free; neither it nor a flow's promise disturbs
    anyone at night, save for an emergency.
    """
    promises = CallBackRepository(uow, call.tenant_id)
    found = promises.open_for(call.number, call.ani)
    now = clock.now()
    if found is None:
        quiet = calendar.current(uow, tenant_id=call.tenant_id, code=calendar.HOTLINE)
        found = CallBack(
            callback_id=new_id(),
            tenant_id=call.tenant_id,
            number=call.number,
            phone=call.ani,
            state=CallBackState.PROMISED,
            reason=reason,
            intent=call.intent,
            urgent=call.urgent,
            effective_at=call.effective_at or now,
            due_at=now if call.urgent else rules.earliest(quiet, now),
            attempts=0,
            origin_call_id=call.call_id,
            created_at=now,
        )
        promises.add(found)
        telling.promised(uow, found, number)
    if found.state in {CallBackState.PROMISED, CallBackState.ON_LINE}:
        _put_in_line(uow, found, now)
    return found


def rest(uow: UnitOfWork, call: Call) -> CallBack | None:
    """The caller himself rings before we do: what we promised him rests, and its place is his."""
    found = CallBackRepository(uow, call.tenant_id).open_for(call.number, call.ani)
    if found is None or found.state is CallBackState.CALLING:
        return None
    if found.state is CallBackState.QUEUED:
        _withdraw(uow, found, "the customer is on the line")
    found.state, found.call_id = CallBackState.ON_LINE, call.call_id
    return found


def on_answered(uow: UnitOfWork, call: Call) -> None:
    """Caller and agent talk: what was promised is kept, or needless."""
    found = _of_call(uow, call)
    if found is None:
        return
    kept = found.state is CallBackState.CALLING
    _end(found, CallBackState.DONE if kept else CallBackState.CANCELLED)


def on_unanswered(uow: UnitOfWork, call: Call, *, agent_failed: bool = False) -> None:
    """The call ended and nobody had talked: try again, as often as policy promises."""
    found = _of_call(uow, call)
    if found is None:
        return
    now = clock.now()
    if found.state is CallBackState.ON_LINE or agent_failed:
        _put_in_line(uow, found, now)
        return
    in_force = policy.current(uow, tenant_id=call.tenant_id)
    found.attempts += 1
    if found.attempts >= in_force.callback_attempts_max:
        _end(found, CallBackState.FAILED)
        telling.not_reached(uow, found)
        return
    quiet = calendar.current(uow, tenant_id=call.tenant_id, code=calendar.HOTLINE)
    found.due_at = rules.earliest(quiet, now + timedelta(seconds=in_force.callback_retry_s))
    _put_in_line(uow, found, now)


def begin(uow: UnitOfWork, found: CallBack, call: Call) -> None:
    """An agent makes the promise good with `call`."""
    if found.state is not CallBackState.QUEUED:
        raise ConflictError(f"this call-back is {found.state.value}: there is nothing to do")
    found.state, found.call_id = CallBackState.CALLING, call.call_id


def lock(uow: UnitOfWork, *, tenant_id: str, callback_id: UUID) -> CallBack | None:
    """One promise, for a change."""
    return CallBackRepository(uow, tenant_id).find(callback_id)


def release_call_backs(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Bring to the queue what has become due; how many."""
    now = clock.now()
    due = CallBackRepository(uow, tenant_id).due(now)
    for found in due:
        _put_in_line(uow, found, now)
    return len(due)


def _of_call(uow: UnitOfWork, call: Call) -> CallBack | None:
    found = CallBackRepository(uow, call.tenant_id).of_call(call.call_id)
    on_line = {CallBackState.ON_LINE, CallBackState.CALLING}
    return found if found and found.state in on_line else None


def _put_in_line(uow: UnitOfWork, found: CallBack, now: datetime) -> None:
    if found.due_at > now:
        found.state = CallBackState.PROMISED
        return
    found.state = CallBackState.QUEUED
    routing.enqueue(uow, tenant_id=found.tenant_id, work=works.of_call_back(found))


def _withdraw(uow: UnitOfWork, found: CallBack, reason: str) -> None:
    routing.withdraw(uow, tenant_id=found.tenant_id, work_id=found.work_id, reason=reason)


def _end(found: CallBack, state: CallBackState) -> None:
    found.state, found.ended_at = state, clock.now()
