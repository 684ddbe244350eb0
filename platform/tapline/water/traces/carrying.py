"""What a case does by itself: it looks again, tells customers and gives money back, bit by bit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import audit, clock, devices, notices, people, sites, tickets
from tapline.money import yuan_text
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Decision, Made, Why
from tapline.tickets import About
from tapline.uow import UnitOfWork
from tapline.water.stops import service as stops
from tapline.water.traces.drinkers import DrinkerRepository
from tapline.water.traces.model import Fate, Found, Trace
from tapline.water.traces.money import take_up
from tapline.water.traces.repository import Key, TraceRepository

WATCHED = timedelta(days=90)
"""A machine may be without a line for so long, and then upload what it sold."""
_LOOK_EVERY = timedelta(minutes=1)
_TOLD_AT_A_TIME = 200
_GIVEN_AT_A_TIME = 500
"""Some tenths of a second: so long a step keeps these cards' sales and other refunds waiting."""
_FATES = {Made.GIVEN: Fate.GIVEN, Made.EARLIER: Fate.EARLIER, Made.LEFT: Fate.LEFT}


def under_way(uow: UnitOfWork, *, tenant_id: str) -> Sequence[UUID]:
    """The cases that `carry` takes on; oldest first."""
    return TraceRepository(uow, tenant_id).unfinished(clock.now() - WATCHED)


def carry(uow: UnitOfWork, *, tenant_id: str, trace_id: UUID) -> bool:
    """Take a case a step on; whether there is more to do at once. May run as often as one likes:
    what is done is not done again, whoever is told is told once, and no pour is given back twice.
    While somebody else works on the case nothing happens."""
    traces = TraceRepository(uow, tenant_id)
    trace = traces.free(trace_id)
    if trace is None:
        return False
    _look(uow, traces, trace)
    more = False
    if trace.told_at is not None:
        more |= _tell(uow, trace)
    if trace.refund_approved_at is not None:
        more |= _give(uow, traces, trace)
    if trace.lot is not None:
        _open_cases(uow, traces, trace)
    return more


def _look(uow: UnitOfWork, traces: TraceRepository, trace: Trace) -> None:
    """What came in or was settled since, and whether the machine has stopped meanwhile."""
    now = clock.now()
    if now - trace.looked_at < _LOOK_EVERY:
        return
    if trace.device_id is not None and trace.to_at is None:
        views = stops.of_devices(uow, tenant_id=trace.tenant_id, device_ids=[trace.device_id])
        ended = [view.confirmed_at for view in views if view.confirmed_at is not None]
        # Of the stop that was on when the case was opened, or came with it.
        since = trace.from_at or trace.opened_at
        after = [at for at in ended if at >= since and at >= trace.opened_at - WATCHED]
        trace.to_at = max(after, default=None)
    trace.looked_at = now
    found = traces.look(trace, now, late=True), take_up(uow, traces, trace)
    if trace.ended_at is not None and any(one.pours for one in found):
        _open_supplement(uow, trace, Found(*map(sum, zip(*found, strict=True))))


def _open_supplement(uow: UnitOfWork, trace: Trace, found: Found) -> None:
    """An ended case is not opened again: somebody decides about what came to light since."""
    tickets.report(
        uow,
        tenant_id=trace.tenant_id,
        category="bad_water_owed",
        about=About(
            facts=found._asdict() | {"trace": str(trace.trace_id)}, device_id=trace.device_id
        ),
        actor=audit.SYSTEM,
        words=f"{found.pours} × {trace.device_id}: {yuan_text(found.fen)}",
        subject=trace.subject,
    )


def _tell(uow: UnitOfWork, trace: Trace) -> bool:
    text = _text(uow, trace)
    drinkers = DrinkerRepository(uow, trace.tenant_id)
    untold = drinkers.untold(trace.trace_id, _TOLD_AT_A_TIME)
    for customer_id in untold:
        customer = people.find_customer(uow, tenant_id=trace.tenant_id, customer_id=customer_id)
        assert customer is not None, "cards and orders name customers that there are"
        notices.queue_sms(
            uow,
            tenant_id=trace.tenant_id,
            dedupe_key=f"water:{trace.trace_id}:{customer_id}",
            phone=people.contact_phone(customer),
            text=text,
        )
    return len(untold) == _TOLD_AT_A_TIME


def _text(uow: UnitOfWork, trace: Trace) -> str:
    """At any hour of the night: who drinks on is in danger."""
    if trace.lot is not None:
        return (
            f"【用水安全提醒】批次 {trace.lot} 的桶装水检测不合格，已全部封存。家中如有该批次，"
            "请立即停止饮用并联系我们取回；如有不适请及时就医。费用将退还。"
        )
    assert trace.device_id is not None
    device = devices.get(uow, tenant_id=trace.tenant_id, device_id=trace.device_id)
    here = [device.site_id] if device.site_id else []
    place = next(iter(sites.listed(uow, tenant_id=trace.tenant_id, among=here)), None)
    where = f"{place.name if place else ''}{device.spot or device.device_id}"
    since = trace.from_at.astimezone(clock.BUSINESS_ZONE) if trace.from_at else None
    when = f"{since.month} 月 {since.day} 日以来" if since else "近期"
    return (
        f"【用水安全提醒】您{when}在{where}取用的直饮水检测不合格，该机已停止售水。"
        "请勿再饮用存水；如有不适请及时就医。水费将退还，结果可扫描机身二维码查看。"
    )


def _give(uow: UnitOfWork, traces: TraceRepository, trace: Trace) -> bool:
    assert trace.refund_asked_at is not None
    assert trace.refund_asked_by is not None
    assert trace.refund_approved_by is not None
    due = traces.due(trace.trace_id, trace.refund_asked_at, _GIVEN_AT_A_TIME)
    if not due:
        return False
    made = goodwill.make_good(
        uow,
        tenant_id=trace.tenant_id,
        pours=due,
        decision=Decision(
            trace.refund_asked_by, trace.refund_approved_by, Why.BAD_WATER, trace.subject
        ),
    )
    alike: dict[tuple[Fate, int], list[Key]] = defaultdict(list)
    for key, (outcome, fen) in made.items():
        if outcome is Made.DEARER:
            traces.dearer(trace.trace_id, key, fen, clock.now())
        else:
            alike[_FATES[outcome], fen].append(key)
    for (fate, fen), same in alike.items():
        traces.settle(trace.trace_id, same, fate, fen)
    return len(due) == _GIVEN_AT_A_TIME


def _open_cases(uow: UnitOfWork, traces: TraceRepository, trace: Trace) -> None:
    """Barrels are fetched and settled by people: a case at the desk for each order."""
    for one in traces.orders(trace.trace_id):
        if one.ticket_id is None:
            ticket = tickets.report(
                uow,
                tenant_id=trace.tenant_id,
                category="water_quality",
                about=About(
                    facts={"words": trace.lot, "lot": trace.lot, "trace": str(trace.trace_id)},
                    order_id=one.order_id,
                    customer_id=one.customer_id,
                ),
                actor=audit.SYSTEM,
                words=f"{trace.lot}",
                subject=f"order:{one.order_id}:lot",
            )
            one.ticket_id = ticket.ticket_id
