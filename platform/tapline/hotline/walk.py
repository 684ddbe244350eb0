"""A caller's way from the first ring to a queue, a promise or a goodbye."""

from datetime import datetime, time, timedelta
from uuid import UUID

from tapline import calendar, clock, routing
from tapline.hotline import callers, works
from tapline.hotline.callbacks import service as callbacks
from tapline.hotline.callbacks.model import CallBackReason
from tapline.hotline.calls.model import Call, CallState, Outcome
from tapline.hotline.calls.repository import CallRepository
from tapline.hotline.calls.service import note
from tapline.hotline.commands.service import order
from tapline.hotline.flows import rules
from tapline.hotline.flows import service as flows
from tapline.hotline.flows.nodes import Ask, CallBack, Flow, HangUp, Menu, Queue, Waiting
from tapline.hotline.lists import service as lists
from tapline.hotline.lists.model import ListKind
from tapline.hotline.numbers.model import HotlineNumber, NumberState
from tapline.hotline.numbers.repository import NumberRepository
from tapline.hotline.port import CommandKind
from tapline.hotline.records.repository import RecordRepository
from tapline.hotline.records.rules import DECIDED
from tapline.uow import UnitOfWork

_LAST_AGENT_FOR = timedelta(days=7)
_TRIED_IN_VAIN = (Outcome.ABANDONED_QUEUE, Outcome.ABANDONED_RING)
_VAIN_WINDOW = timedelta(hours=1)
_VAIN_PRIORITY_MAX = 5
"""Minutes: each call in vain within the hour brings the caller one ahead, up to these."""


def begin(uow: UnitOfWork, call: Call, number: HotlineNumber) -> None:
    """Screen a caller, and let him into the flow that is in force."""
    now = clock.now()
    hit = lists.list_hit(uow, tenant_id=call.tenant_id, number=call.ani)
    if hit is not None:
        call.list_kind, call.list_reason = hit.kind.value, hit.reason
    if refusal := _refusal(uow, call, number, now):
        order(uow, call, CommandKind.REJECT, cause="rejected")
        leave(uow, call, refusal)
        return
    hours = calendar.current(uow, tenant_id=call.tenant_id, code=calendar.HOTLINE)
    call.period, call.flow_code = hours.period_at(now), number.flow_code
    call.flow_version, flow = flows.current_flow(
        uow, tenant_id=call.tenant_id, code=number.flow_code
    )
    order(uow, call, CommandKind.ANSWER)
    if words := callers.announcement(uow, tenant_id=call.tenant_id, ani=call.ani):
        order(uow, call, CommandKind.PLAY, say=words)
    _go(uow, call, number, flow, flow.start)


def press(uow: UnitOfWork, call: Call, keys: str) -> None:
    """Go on with what a caller who was asked has pressed; `keys` are checked by `rules.KEYS`."""
    assert call.flow_code is not None
    assert call.flow_version is not None
    assert call.node is not None
    flow = flows.flow_of(
        uow, tenant_id=call.tenant_id, code=call.flow_code, version=call.flow_version
    )
    number = NumberRepository(uow).find(call.number)
    node = flow.nodes[call.node]
    assert number is not None
    assert isinstance(node, Menu | Ask)
    if isinstance(node, Ask):
        given = keys.rstrip("#")
        call.attached = call.attached | {node.name: bool(given) if node.secret else given}
    onward = rules.after_keys(node, keys, call.tries)
    if onward is None:
        _ask(uow, call, node, ())
    else:
        _go(uow, call, number, flow, onward)


def leave(uow: UnitOfWork, call: Call, outcome: Outcome) -> None:
    """Decide what became of a call; the exchange is yet to say that it has ended."""
    call.state, call.outcome = CallState.LEAVING, outcome
    call.offer_id = call.asked_by = None
    note(uow, call, DECIDED, outcome=outcome.value)


def promise_instead(
    uow: UnitOfWork, call: Call, number: HotlineNumber, reason: CallBackReason, say: str
) -> None:
    """Let a caller go with the promise of a call, in the place that he has."""
    callbacks.promise(uow, call, number, reason=reason)
    order(uow, call, CommandKind.PLAY, say=say)
    order(uow, call, CommandKind.HANG_UP, cause="normal")
    leave(uow, call, Outcome.CALLBACK_REGISTERED)


def _refusal(uow: UnitOfWork, call: Call, number: HotlineNumber, now: datetime) -> Outcome | None:
    if number.state is NumberState.SUSPENDED:
        return Outcome.REJECTED_SUSPENDED
    if call.list_kind == ListKind.BLACK:
        return Outcome.REJECTED_BLACKLIST
    calls = CallRepository(uow, call.tenant_id)
    month = datetime.combine(clock.business_date(now).replace(day=1), time(), clock.BUSINESS_ZONE)
    for most, since in (
        (number.calls_max_per_month, month),
        (number.calls_max_at_once, None),
    ):
        if most is not None:
            taken = calls.count(call.number, since=since, besides=call.call_id)
            if taken >= most:
                return Outcome.REJECTED_CAP
    return None


def _go(uow: UnitOfWork, call: Call, number: HotlineNumber, flow: Flow, name: str) -> None:
    facts = {"period": call.period or "", "list": call.list_kind or "none"}
    stop = rules.stop_from(flow, name, facts)
    call.node, call.tries, call.asked_by = stop.at, 0, None
    note(uow, call, "call.moved", node=stop.at)
    match stop.node:
        case Menu() | Ask():
            _ask(uow, call, stop.node, stop.said)
        case Queue():
            _say(uow, call, (*stop.said, stop.node.say))
            _enqueue(uow, call, stop.node)
        case CallBack():
            _say(uow, call, stop.said)
            _promise_or_queue(uow, call, number, stop.node)
        case HangUp():
            _say(uow, call, (*stop.said, stop.node.say))
            order(uow, call, CommandKind.HANG_UP, cause="normal")
            leave(uow, call, Outcome.SELF_SERVED)


def _ask(uow: UnitOfWork, call: Call, node: Waiting, said: tuple[str, ...]) -> None:
    call.state = CallState.IVR
    call.tries += 1
    call.asked_by = order(
        uow,
        call,
        CommandKind.GATHER,
        say="".join((*said, node.say)),
        digits_min=node.digits_min,
        digits_max=node.digits_max,
        timeout_ms=node.timeout_ms,
        secret=isinstance(node, Ask) and node.secret,
    )


def _enqueue(uow: UnitOfWork, call: Call, node: Queue) -> None:
    now = clock.now()
    resting = callbacks.rest(uow, call)
    call.state, call.node = CallState.QUEUED, None
    call.intent, call.urgent = node.intent, node.urgent
    call.effective_at = min(now, resting.effective_at) if resting else now
    note(uow, call, "call.queued", intent=node.intent, kept_place=resting is not None)
    order(uow, call, CommandKind.WAIT)
    routing.enqueue(
        uow,
        tenant_id=call.tenant_id,
        work=works.of_call(
            call,
            skills=dict(node.skills),
            priority=node.priority + _in_vain(uow, call, now),
            last_agent=_last_agent(uow, call, now),
        ),
    )


def _promise_or_queue(uow: UnitOfWork, call: Call, number: HotlineNumber, node: CallBack) -> None:
    """Who hides his number cannot be called back: he waits for whoever is there."""
    if not call.ani:
        _enqueue(uow, call, Queue(intent=node.intent))
        return
    call.intent, call.node = node.intent, None
    promise_instead(uow, call, number, CallBackReason.NIGHT, node.say)


def _say(uow: UnitOfWork, call: Call, said: tuple[str, ...]) -> None:
    if words := "".join(said):
        order(uow, call, CommandKind.PLAY, say=words)


def _last_agent(uow: UnitOfWork, call: Call, now: datetime) -> UUID | None:
    if not call.ani:
        return None
    records = RecordRepository(uow, call.tenant_id)
    return records.last_agent(call.ani, now - _LAST_AGENT_FOR)


def _in_vain(uow: UnitOfWork, call: Call, now: datetime) -> int:
    """Who could not get through is let ahead a little, each time more."""
    if not call.ani:
        return 0
    records = RecordRepository(uow, call.tenant_id)
    tried = records.count(call.ani, now - _VAIN_WINDOW, outcomes=_TRIED_IN_VAIN)
    return min(tried, _VAIN_PRIORITY_MAX)
