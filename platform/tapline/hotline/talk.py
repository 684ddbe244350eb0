"""From the first word of a conversation to its last."""

from uuid import UUID

from tapline import clock, routing
from tapline.errors import ConflictError, DeniedError
from tapline.hotline.callbacks import service as callbacks
from tapline.hotline.calls.model import Call, CallState, Direction, Outcome
from tapline.hotline.calls.repository import CallRepository
from tapline.hotline.calls.service import note
from tapline.hotline.commands.service import order
from tapline.hotline.port import CommandKind
from tapline.hotline.records.rules import DECIDED
from tapline.people import Staff
from tapline.uow import UnitOfWork

_GIVEN_UP_IN = {
    CallState.ARRIVED: Outcome.ABANDONED_IVR,
    CallState.IVR: Outcome.ABANDONED_IVR,
    CallState.QUEUED: Outcome.ABANDONED_QUEUE,
    CallState.RINGING: Outcome.ABANDONED_RING,
    CallState.CONNECTING: Outcome.ABANDONED_RING,
    CallState.TALKING: Outcome.ANSWERED,
    CallState.HELD: Outcome.ANSWERED,
}


def on_joined(uow: UnitOfWork, call: Call) -> None:
    """Caller and agent hear each other."""
    call.state = CallState.TALKING
    callbacks.on_answered(uow, call)
    routing.connected(uow, tenant_id=call.tenant_id, work_id=call.work_id)


def on_not_joined(uow: UnitOfWork, call: Call, cause: str) -> None:
    """The agent's telephone could not be reached: the caller waits again, in his place."""
    if call.direction is Direction.OUT:
        order(uow, call, CommandKind.HANG_UP, cause=cause)
        return
    if call.offer_id is not None:
        order(uow, call, CommandKind.DROP_LEG, leg=call.offer_id)
    order(uow, call, CommandKind.WAIT)
    call.state, call.offer_id, call.agent_id = CallState.QUEUED, None, None
    routing.connect_failed(uow, tenant_id=call.tenant_id, work_id=call.work_id, reason=cause)


def on_ended(uow: UnitOfWork, call: Call, *, agent_failed: bool = False) -> None:
    """Nobody is on the line any more: decide what became of it, once, and free whoever had it."""
    before = call.state
    call.state, call.ended_at, call.asked_by = CallState.ENDED, clock.now(), None
    if call.outcome is None:
        call.outcome = _outcome(call, before)
        note(uow, call, DECIDED, outcome=call.outcome.value)
    talked = before in {CallState.TALKING, CallState.HELD}
    if talked:
        routing.finish(uow, tenant_id=call.tenant_id, work_id=call.work_id)
        return
    if before in {CallState.QUEUED, CallState.RINGING, CallState.CONNECTING}:
        reason = "no answer" if call.direction is Direction.OUT else routing.ABANDONED
        if before is CallState.CONNECTING:
            order(uow, call, CommandKind.DROP_LEG, leg=call.offer_id)
        routing.withdraw(uow, tenant_id=call.tenant_id, work_id=call.work_id, reason=reason)
    callbacks.on_unanswered(uow, call, agent_failed=agent_failed)


def hang_up(uow: UnitOfWork, *, tenant_id: str, call_id: UUID, staff: Staff) -> Call:
    """End the conversation that `staff` has; it is over when the exchange says so."""
    call = _own(uow, tenant_id, call_id, staff)
    order(uow, call, CommandKind.HANG_UP, cause="normal")
    note(uow, call, "hang_up.asked", by=staff.login)
    return call


def hold(uow: UnitOfWork, *, tenant_id: str, call_id: UUID, staff: Staff) -> Call:
    """Let the caller hear music."""
    return _set_held(uow, tenant_id, call_id, staff, held=True)


def resume(uow: UnitOfWork, *, tenant_id: str, call_id: UUID, staff: Staff) -> Call:
    """Talk with him again."""
    return _set_held(uow, tenant_id, call_id, staff, held=False)


def _set_held(uow: UnitOfWork, tenant_id: str, call_id: UUID, staff: Staff, *, held: bool) -> Call:
    call = _own(uow, tenant_id, call_id, staff)
    if call.state is not (CallState.TALKING if held else CallState.HELD):
        raise ConflictError(f"the call is {call.state.value} already, or not yet under way")
    order(uow, call, CommandKind.HOLD if held else CommandKind.RESUME)
    return call


def _own(uow: UnitOfWork, tenant_id: str, call_id: UUID, staff: Staff) -> Call:
    call = CallRepository(uow, tenant_id).get(call_id, lock=True)
    if call.agent_id != staff.staff_id:
        raise DeniedError("this is a colleague's call")
    if call.state not in {CallState.CONNECTING, CallState.TALKING, CallState.HELD}:
        raise ConflictError(f"the call is {call.state.value}: nobody talks")
    return call


def _outcome(call: Call, before: CallState) -> Outcome:
    if call.direction is Direction.OUT and before is CallState.CONNECTING:
        return Outcome.NO_ANSWER
    return _GIVEN_UP_IN[before]
