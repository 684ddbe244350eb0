"""Between router and exchange: whose telephone rings, who answers, who is called back."""

from uuid import UUID

from tapline import clock, routing
from tapline.errors import ConflictError
from tapline.hotline import walk, works
from tapline.hotline.callbacks import service as callbacks
from tapline.hotline.callbacks.model import CallBack, CallBackReason, CallBackState
from tapline.hotline.calls.model import Call, CallState, Direction
from tapline.hotline.calls.repository import CallRepository
from tapline.hotline.calls.service import changed, move, note
from tapline.hotline.commands.repository import CommandRepository
from tapline.hotline.commands.service import order
from tapline.hotline.numbers.repository import NumberRepository
from tapline.hotline.port import CommandKind
from tapline.hotline.seats import service as seats
from tapline.ids import new_id
from tapline.people import Staff
from tapline.uow import UnitOfWork

_RING_MS = 60_000
"""A guard of the exchange's; the router ends an offer long before."""
_WAITS = {CallState.QUEUED, CallState.RINGING}
_SORRY = "坐席正忙，我们已登记您的号码，将尽快给您回电。再见。"


def on_offer_made(
    uow: UnitOfWork, *, tenant_id: str, offer_id: str, work_id: str, agent_id: str
) -> None:
    """Ring the agent to whom a call is offered, if the offer still stands."""
    call = _call_of(uow, tenant_id, work_id)
    if call is None or call.state not in _WAITS or call.offer_id == offer_id:
        return
    if not _is_live(uow, tenant_id, offer_id, agent_id):
        return
    staff_id = UUID(agent_id)
    call.offer_id, call.agent_id = offer_id, staff_id
    target = seats.phone_of(uow, tenant_id=tenant_id, staff_id=staff_id)
    order(uow, call, CommandKind.RING, leg=offer_id, target=target, timeout_ms=_RING_MS)
    note(uow, call, "offer.made", offer_id=offer_id, agent_id=agent_id)
    move(uow, call, CallState.RINGING)


def on_offer_ended(
    uow: UnitOfWork, *, tenant_id: str, offer_id: str, work_id: str, outcome: str
) -> None:
    """Silence the telephone of an offer that ended otherwise than by an answer.

    Consumers may be late: the call may be offered to somebody else by now, and keeps that offer.
    """
    call = _call_of(uow, tenant_id, work_id)
    if call is None or outcome == routing.OfferOutcome.ACCEPTED:
        return
    if CommandRepository(uow).rang(call.call_id, offer_id):
        order(uow, call, CommandKind.DROP_LEG, leg=offer_id)
    note(uow, call, "offer.ended", offer_id=offer_id, outcome=outcome)
    if call.offer_id == offer_id and call.state is CallState.RINGING:
        call.offer_id = call.agent_id = None
        move(uow, call, CallState.QUEUED)


def on_overflow(uow: UnitOfWork, *, tenant_id: str, work_id: str, to: str) -> None:
    """A caller has waited as long as the queue lets him: promise him a call instead.

    Who hides his number goes on waiting, and so does whoever rings at somebody just now.
    """
    call = _call_of(uow, tenant_id, work_id)
    if call is None or to != works.OVERFLOW_TO_CALLBACK or call.direction is Direction.OUT:
        return
    if call.state is not CallState.QUEUED or not call.ani:
        return
    number = NumberRepository(uow).find(call.number)
    assert number is not None
    routing.withdraw(uow, tenant_id=tenant_id, work_id=work_id, reason="call-back promised")
    walk.promise_instead(uow, call, number, CallBackReason.BUSY, _SORRY)
    changed(uow, call)


def answer(uow: UnitOfWork, *, tenant_id: str, offer_id: str, staff: Staff) -> Call:
    """Take the call, or the call-back, that is offered to `staff`.

    Raises:
        ConflictError: the offer has ended: the caller hung up, or it rang too long.
    """
    agent_id = str(staff.staff_id)
    offers = routing.offers_of(uow, tenant_id=tenant_id, agent_id=agent_id)
    work_id = next((one.work.work_id for one in offers if one.offer_id == offer_id), "")
    subject = works.subject_of(work_id)
    if subject is None:
        raise _gone()
    if subject[0] == "call":
        call = CallRepository(uow, tenant_id).get(subject[1], lock=True)
        if not take(uow, call, offer_id, staff.staff_id):
            raise _gone()
        return call
    promise = callbacks.lock(uow, tenant_id=tenant_id, callback_id=subject[1])
    if promise is None or promise.state is not CallBackState.QUEUED:
        raise _gone()
    if not _accepted(uow, tenant_id, offer_id, agent_id):
        raise _gone()
    return _call_back(uow, promise, offer_id, staff.staff_id)


def decline(uow: UnitOfWork, *, tenant_id: str, offer_id: str, staff: Staff, reason: str) -> None:
    """Let the call go to somebody else; it keeps its place."""
    routing.decline(
        uow,
        tenant_id=tenant_id,
        offer_id=offer_id,
        agent_id=str(staff.staff_id),
        reason=reason,
    )


def take(uow: UnitOfWork, call: Call, offer_id: str, staff_id: UUID) -> bool:
    """Join a locked call and the agent to whom it was offered; False where that came too late."""
    if call.state not in _WAITS:
        return False
    if not _accepted(uow, call.tenant_id, offer_id, str(staff_id)):
        return False
    call.offer_id, call.agent_id = offer_id, staff_id
    target = seats.phone_of(uow, tenant_id=call.tenant_id, staff_id=staff_id)
    order(uow, call, CommandKind.BRIDGE, leg=offer_id, target=target, timeout_ms=_RING_MS)
    note(uow, call, "offer.accepted", offer_id=offer_id, agent_id=str(staff_id))
    move(uow, call, CallState.CONNECTING)
    return True


def refuse(uow: UnitOfWork, call: Call, cause: str) -> None:
    """The telephone that rang was put down, or could not be reached."""
    assert call.offer_id is not None
    routing.decline(
        uow,
        tenant_id=call.tenant_id,
        offer_id=call.offer_id,
        agent_id=str(call.agent_id),
        reason=cause,
    )
    call.state, call.offer_id, call.agent_id = CallState.QUEUED, None, None


def _call_back(uow: UnitOfWork, promise: CallBack, offer_id: str, staff_id: UUID) -> Call:
    number = NumberRepository(uow).find(promise.number)
    assert number is not None
    origin = CallRepository(uow, promise.tenant_id).get(promise.origin_call_id)
    call_id, now = new_id(), clock.now()
    call = Call(
        call_id=call_id,
        tenant_id=promise.tenant_id,
        provider=origin.provider,
        ref=str(call_id),
        direction=Direction.OUT,
        number=promise.number,
        ani=promise.phone,
        state=CallState.CONNECTING,
        begun_at=now,
        intent=promise.intent,
        attached={},
        tries=0,
        urgent=promise.urgent,
        work_id=promise.work_id,
        effective_at=promise.effective_at,
        offer_id=offer_id,
        agent_id=staff_id,
    )
    uow.session.add(call)
    uow.session.flush()
    callbacks.begin(uow, promise, call)
    target = seats.phone_of(uow, tenant_id=call.tenant_id, staff_id=staff_id)
    order(
        uow,
        call,
        CommandKind.ORIGINATE,
        leg=offer_id,
        target=target,
        to=promise.phone,
        caller_id=number.outbound_number or number.number,
        timeout_ms=_RING_MS,
    )
    note(uow, call, "callback.begun", callback_id=str(promise.callback_id))
    changed(uow, call)
    return call


def _call_of(uow: UnitOfWork, tenant_id: str, work_id: str) -> Call | None:
    """The call of a work that is a caller waiting, locked."""
    subject = works.subject_of(work_id)
    if subject is None or subject[0] != "call":
        return None
    return CallRepository(uow, tenant_id).of_work(work_id)


def _is_live(uow: UnitOfWork, tenant_id: str, offer_id: str, agent_id: str) -> bool:
    offers = routing.offers_of(uow, tenant_id=tenant_id, agent_id=agent_id)
    return any(one.offer_id == offer_id for one in offers)


def _accepted(uow: UnitOfWork, tenant_id: str, offer_id: str, agent_id: str) -> bool:
    try:
        routing.accept(uow, tenant_id=tenant_id, offer_id=offer_id, agent_id=agent_id)
    except ConflictError:
        return False
    return True


def _gone() -> ConflictError:
    return ConflictError("this offer has ended: the caller hung up, or somebody else has it now")
