"""What each kind of event moves. A step gives the reason why it moved nothing, or None."""

from collections.abc import Callable, Mapping

from tapline import clock
from tapline.hotline import offers, talk, walk
from tapline.hotline.calls.model import Call, CallState
from tapline.hotline.commands.service import order
from tapline.hotline.flows.rules import KEYS
from tapline.hotline.numbers.repository import NumberRepository
from tapline.hotline.port import CommandKind, PortEvent
from tapline.hotline.seats import service as seats
from tapline.uow import UnitOfWork

Step = Callable[[UnitOfWork, Call, PortEvent], str | None]

_CONVERSING = {CallState.CONNECTING, CallState.TALKING, CallState.HELD}


def _arrived(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    if call.state is not CallState.ARRIVED or call.flow_code is not None:
        return f"call_is_{call.state.value}"
    number = NumberRepository(uow).find(call.number)
    assert number is not None
    walk.begin(uow, call, number)
    return None


def _digits(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    if call.state is not CallState.IVR:
        return f"call_is_{call.state.value}"
    if event.command_id != call.asked_by:
        return "not_what_was_asked"
    keys = event.ivr.digits
    walk.press(uow, call, keys if KEYS.fullmatch(keys) else "")
    return None


def _leg_answered(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    """An agent picked up his telephone instead of clicking, or the exchange says that he did."""
    if event.leg.role != "agent":
        return None
    if event.leg.ref == call.offer_id and call.agent_id is not None:
        already = call.state in _CONVERSING
        if already or offers.take(uow, call, event.leg.ref, call.agent_id):
            return None
    order(uow, call, CommandKind.DROP_LEG, leg=event.leg.ref)
    return "late_accept"


def _leg_ended(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    """The telephone of the agent who was offered the call, or had it, is out of it."""
    if event.leg.role != "agent" or event.leg.ref != call.offer_id:
        return "not_the_offered_leg"
    if call.state is CallState.RINGING:
        offers.refuse(uow, call, event.result.cause or "rejected")
    elif call.state is CallState.CONNECTING:
        talk.on_not_joined(uow, call, event.result.cause or "unreachable")
    elif call.state in _CONVERSING:
        order(uow, call, CommandKind.HANG_UP, cause="normal")
    else:
        return f"call_is_{call.state.value}"
    return None


def _answered(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    if call.state is not CallState.CONNECTING:
        return f"call_is_{call.state.value}"
    talk.on_joined(uow, call)
    return None


def _held(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    return _between(call, CallState.TALKING, CallState.HELD)


def _resumed(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    return _between(call, CallState.HELD, CallState.TALKING)


def _between(call: Call, before: CallState, after: CallState) -> str | None:
    if call.state is not before:
        return f"call_is_{call.state.value}"
    call.state = after
    return None


def _ended(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    if call.state is CallState.ENDED:
        return "call_is_ended"
    talk.on_ended(uow, call, agent_failed=event.result.hangup_side == "agent")
    return None


def _told(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
    """It moves nothing, and the record reads it."""
    return None


STEPS: Mapping[str, Step] = {
    "call.arrived": _arrived,
    "call.digits": _digits,
    "call.queued": _told,
    "call.ringing": _told,
    "call.answered": _answered,
    "call.held": _held,
    "call.resumed": _resumed,
    "call.ended": _ended,
    "call.cdr": _told,
    "leg.answered": _leg_answered,
    "leg.ended": _leg_ended,
    "recording.ready": _told,
}
"""Where we route."""

_COURSE = (
    CallState.ARRIVED,
    CallState.IVR,
    CallState.QUEUED,
    CallState.RINGING,
    CallState.TALKING,
    CallState.ENDED,
)


def _follow(to: CallState) -> Step:
    """Come to `to`, unless the call is further already: events overtake each other."""

    def step(uow: UnitOfWork, call: Call, event: PortEvent) -> str | None:
        if event.agent.ref and to in {CallState.RINGING, CallState.TALKING}:
            tenant_id = call.tenant_id
            known = seats.staff_at(uow, tenant_id=tenant_id, phone=event.agent.ref)
            call.agent_id = known or call.agent_id
        if _COURSE.index(to) <= _COURSE.index(call.state):
            return None if to is call.state else f"call_is_{call.state.value}"
        call.state = to
        if to is CallState.ENDED:
            call.ended_at = clock.now()
        return None

    return step


FOLLOWED: Mapping[str, Step] = {
    "call.arrived": _follow(CallState.ARRIVED),
    "call.digits": _follow(CallState.IVR),
    "call.queued": _follow(CallState.QUEUED),
    "call.ringing": _follow(CallState.RINGING),
    "call.answered": _follow(CallState.TALKING),
    "call.held": _told,
    "call.resumed": _told,
    "call.ended": _follow(CallState.ENDED),
    "call.cdr": _told,
    "leg.answered": _told,
    "leg.ended": _told,
    "recording.ready": _told,
}
"""Where the provider routes: we follow what it tells, and give no orders."""
