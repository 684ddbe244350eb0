"""Who drank it: found by what machines reported, told once, given back once; drills only read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tapline import cards, clock, ledger, orders, people, policy, tickets
from tapline.cards.facts import Charge, Fact, FactIn, Payer, ingest
from tapline.devices.commands import CommandState
from tapline.errors import ConflictError, DeniedError
from tapline.notices import Notice
from tapline.orders import lots
from tapline.people import Role, Staff
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Goodwill, Why
from tapline.uow import Database, UnitOfWork
from tapline.water import drills, record_sample, report, stops, traces
from tapline.water.traces import Fate, TracePour
from tests import factories
from tests.integration.consequences import drain
from tests.integration.orders.shop import MORNING, Shop
from tests.integration.water.laboratory import BAD, GOOD, NOON, Laboratory
from tests.stateful import examples, rolled_back

CARD, BEARER = "88001234", "88005678"


@pytest.fixture
def drunk(laboratory: Laboratory) -> Laboratory:
    """A good sample, an hour of pours, and a bad one."""
    uow = laboratory.uow
    factories.card(uow, CARD, 20_000)
    factories.card(uow, BEARER, 20_000)
    holder = people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")
    cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=holder.customer_id)
    pours(laboratory, wet(1, CARD, 1))
    laboratory.samples(GOOD)
    pours(laboratory, wet(2, CARD, 2), wet(3, BEARER, 1))
    return laboratory


def wet(seq: int, card_no: str, atc: int, **changes: object) -> FactIn:
    moment = changes.pop("moment", clock.now())
    before = 20_100 - 100 * atc
    return factories.fact("A", seq, card_no, atc=atc, before_fen=before, moment=moment, **changes)


def pours(laboratory: Laboratory, *facts: FactIn) -> None:
    clock.advance(timedelta(minutes=5))
    ingest(laboratory.uow, tenant_id="demo", facts=facts)
    drain(laboratory.uow)


def traced(laboratory: Laboratory) -> traces.Trace:
    sample = laboratory.samples(BAD)
    return traces.open_for_machine(
        laboratory.uow,
        staff=laboratory.supervisor,
        device_id="A",
        sample_id=sample.sample_id,
    )


def case(uow: UnitOfWork, trace: traces.Trace) -> traces.Case:
    return traces.case(uow, tenant_id="demo", trace_id=trace.trace_id)


@pytest.mark.req("U3")
def test_a_bad_sample_leads_to_every_pour_since_the_last_good_one(drunk: Laboratory) -> None:
    trace = traced(drunk)
    found = traces.pours_of(drunk.uow, tenant_id="demo", trace_id=trace.trace_id)
    assert [one.seq for one in found] == [2, 3]
    numbers = case(drunk.uow, trace).numbers
    assert (numbers.customers, numbers.cards, numbers.bearer_cards) == (1, 2, 1)
    assert (numbers.pours, numbers.ml, numbers.fen) == (2, 3000, 200)
    assert traced_again(drunk, trace).trace_id == trace.trace_id


def traced_again(laboratory: Laboratory, trace: traces.Trace) -> traces.Trace:
    return traces.open_for_machine(
        laboratory.uow, staff=laboratory.second, device_id="A", sample_id=trace.sample_id
    )


@pytest.mark.req("U3")
def test_what_a_machine_uploads_later_is_found_since_and_its_holder_told_too(
    drunk: Laboratory,
) -> None:
    uow, trace = drunk.uow, traced(drunk)
    traces.tell_customers(uow, staff=drunk.supervisor, trace_id=trace.trace_id)
    traces.carry(uow, tenant_id="demo")
    traces.carry(uow, tenant_id="demo")
    assert _told(uow) == ["13800138000"]
    late = people.create_customer(uow, tenant_id="demo", phone="13900139000", name="王强")
    factories.card(uow, "88009999", 20_000)
    cards.assign(uow, tenant_id="demo", card_no="88009999", customer_id=late.customer_id)
    pours(drunk, wet(4, "88009999", 1, moment=clock.now() - timedelta(minutes=10)))
    drunk.says(CommandState.DONE)
    clock.advance(timedelta(minutes=2))
    traces.carry(uow, tenant_id="demo")
    found = case(uow, trace)
    assert (found.numbers.pours, found.numbers.late_pours) == (3, 1)
    assert _told(uow) == ["13800138000", "13900139000"]
    assert trace.to_at is not None, "the machine confirmed meanwhile"
    assert found.told == {"waiting": 2}


def _told(uow: UnitOfWork) -> list[str]:
    rows = select(Notice.recipient).where(Notice.dedupe_key.like("water:%"))
    return sorted(uow.session.scalars(rows))


@pytest.mark.req("U3")
def test_money_goes_back_once_less_what_was_given_before_and_by_two_people(
    drunk: Laboratory,
) -> None:
    uow = drunk.uow
    pours(
        drunk,
        wet(4, CARD, 3, ml=500, pulses=225, status="partial", amt_fen=100),
        wet(5, CARD, 4),
    )
    agent = drunk.hires("lin.xia", Role.AGENT)
    goodwill.give(
        uow,
        tenant_id="demo",
        card_no=CARD,
        device_id="A",
        seq=5,
        amount_fen=40,
        why=Why.BAD_WATER,
        staff=agent,
    )
    drain(uow)
    before = _has(uow)
    trace = traced(drunk)
    _limit(uow)
    with pytest.raises(DeniedError):
        traces.ask_refund(uow, staff=agent, trace_id=trace.trace_id)
    traces.ask_refund(uow, staff=drunk.supervisor, trace_id=trace.trace_id)
    traces.carry(uow, tenant_id="demo")
    assert _has(uow) == before, "nobody has approved it"
    with pytest.raises(DeniedError, match="colleague"):
        _approve(uow, drunk.supervisor, trace)
    _approve(uow, drunk.second, trace)
    for _ in range(3):
        traces.carry(uow, tenant_id="demo")
        drain(uow)
    fates = case(uow, trace).fates
    assert fates[Fate.GIVEN].given_fen == _has(uow) - before
    assert _has(uow) == 40_000 - 100, "all but the pour before the good sample came back"
    with pytest.raises(ConflictError):
        _approve(uow, drunk.second, trace)
    acts = uow.session.scalars(select(Goodwill).where(Goodwill.seq == 5)).all()
    assert [one.posted_fen for one in acts] == [100]


def _limit(uow: UnitOfWork) -> None:
    policy.publish(
        uow,
        tenant_id="demo",
        changes={"water_refund_alone_fen_max": 0},
        actor="he.qing",
        reason="two people",
    )


def _approve(uow: UnitOfWork, staff: Staff, trace: traces.Trace) -> None:
    traces.approve_refund(
        uow, staff=staff, trace_id=trace.trace_id, amount_fen=trace.refund_asked_fen or 0
    )


def _has(uow: UnitOfWork) -> int:
    """What both cards hold, with what waits to be written to them."""
    return sum(
        ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen
        for card_no in (CARD, BEARER)
    )


@pytest.fixture
def shop(uow: UnitOfWork) -> Iterator[Shop]:
    with clock.frozen(MORNING):
        yield Shop(uow)


@pytest.mark.req("U3")
def test_a_bad_lot_is_held_and_everybody_who_has_it_is_found(shop: Shop) -> None:
    uow = shop.uow
    leader, _ = people.create_staff(
        uow, tenant_id="demo", login="he.qing", name="何青", role=Role.SUPERVISOR
    )
    mine, other, late = shop.bought(), shop.bought(), shop.bought()
    _delivers(shop, mine, " l2611-07 ")
    _delivers(shop, other, "L2611-08")
    sample = record_sample(uow, tenant_id="demo", lot="L2611-07", actor="he.qing", at=clock.now())
    report(
        uow,
        tenant_id="demo",
        sample_id=sample.sample_id,
        laboratory="杭州水质检测中心",
        report_no="B-1",
        readings={"pseudomonas": 2},
        actor="he.qing",
    )
    assert [one.lot for one in lots.held(uow, tenant_id="demo")] == ["L2611-07"]
    with pytest.raises(ConflictError, match="held back"), uow.attempt():
        _delivers(shop, late, "L2611-07")
    trace = traces.open_for_lot(uow, staff=leader, lot="L2611-07", sample_id=sample.sample_id)
    traces.tell_customers(uow, staff=leader, trace_id=trace.trace_id)
    traces.carry(uow, tenant_id="demo")
    (found,) = traces.orders_of(uow, tenant_id="demo", trace_id=trace.trace_id)
    assert (found.order_id, found.barrels) == (mine.order_id, 2)
    assert found.amount_fen == mine.goods_fen
    assert _told(uow) == [shop.customer.phone]
    (ticket,) = tickets.of_order(uow, tenant_id="demo", order_id=mine.order_id)
    assert (ticket.category, ticket.ticket_id) == ("water_quality", found.ticket_id)


def _delivers(shop: Shop, order: orders.Order, lot: str) -> None:
    orders.deliver(
        shop.uow,
        courier=shop.courier_of(order),
        order_id=order.order_id,
        buckets_returned=0,
        lot=lot,
    )


@pytest.mark.req("U3")
def test_a_drill_is_drawn_each_quarter_reads_alone_and_shows_when_it_is_overdue(
    drunk: Laboratory,
) -> None:
    uow = drunk.uow
    drills.plan(uow, tenant_id="demo")
    drills.plan(uow, tenant_id="demo")
    (drill,) = drills.listed(uow, tenant_id="demo")
    assert (drill.quarter, drill.device_id) == ("2026Q4", "A")
    assert not drills.is_overdue(drill)
    with clock.frozen(NOON + timedelta(days=60)):
        assert drills.is_overdue(drill)
    before = _has(uow)
    drills.hold(uow, staff=drunk.supervisor, quarter="2026Q4")
    assert (drill.numbers or {})["pours"] == 2
    assert drill.held_by == "he.qing"
    assert _has(uow) == before
    assert _told(uow) == []
    assert not stops.standing(uow, tenant_id="demo")
    assert uow.session.scalar(select(func.count()).select_from(TracePour)) == 0
    with pytest.raises(ConflictError):
        drills.hold(uow, staff=drunk.second, quarter="2026Q4")


moments = st.integers(0, 200)
versions = st.tuples(
    st.integers(1, 12),  # seq
    moments,  # minute of the device's clock
    moments,  # minute of its arrival
    st.sampled_from([0, 300, 1500]),  # ml
    st.sampled_from(["debit", "debit", "load"]),
    st.sampled_from([CARD, BEARER, "99990001"]),
)


@pytest.mark.req("U3")
@given(
    early=st.lists(versions, max_size=12),
    late=st.lists(versions, max_size=6),
    since=moments,
    until=st.none() | moments,
)
@examples(25)
def test_a_trace_is_what_reading_every_record_one_by_one_gives(
    database: Database,
    early: list[tuple[int, int, int, int, str, str]],
    late: list[tuple[int, int, int, int, str, str]],
    since: int,
    until: int | None,
) -> None:
    with clock.frozen(NOON), rolled_back(database) as uow:
        laboratory = Laboratory(uow)
        factories.card(uow, CARD, 20_000)
        factories.card(uow, BEARER, 20_000)
        _arrive(uow, early)
        with clock.frozen(NOON + timedelta(minutes=300)):
            trace = traces.open_for_machine(
                uow, staff=laboratory.supervisor, device_id="A", since=_at(since), words="smells"
            )
            trace.to_at = None if until is None else _at(until)
            uow.session.query(TracePour).delete()
            trace.looked_at = NOON
            traces.carry(uow, tenant_id="demo")
            assert _found(uow, trace) == _brute(uow, trace)
            first = set(_found(uow, trace))
            _arrive(uow, late)
        with clock.frozen(NOON + timedelta(minutes=400)):
            trace.looked_at = NOON
            traces.carry(uow, tenant_id="demo")
            assert set(_brute(uow, trace)) <= set(_found(uow, trace)) | first
            assert first <= set(_found(uow, trace)), "what was found stays found"


def _at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def _arrive(uow: UnitOfWork, drawn: list[tuple[int, int, int, int, str, str]]) -> None:
    for number, (seq, minute, arrival, ml, op, card_no) in enumerate(drawn):
        fact = factories.fact(
            "A",
            seq,
            card_no,
            atc=number + 1,
            before_fen=20_000,
            moment=_at(minute),
            ml=ml,
            op=op,
            load_id="v" if op == "load" else None,
        )
        with clock.frozen(_at(arrival)):
            ingest(uow, tenant_id="demo", facts=[fact])


def _found(uow: UnitOfWork, trace: traces.Trace) -> dict[int, tuple[str | None, int, int]]:
    found = traces.pours_of(uow, tenant_id="demo", trace_id=trace.trace_id)
    return {one.seq: (one.card_no, one.ml, one.amount_fen) for one in found}


def _brute(uow: UnitOfWork, trace: traces.Trace) -> dict[int, tuple[str | None, int, int]]:
    """Every record, one by one, by the rules as a person would say them."""
    uow.session.expire_all()
    said: dict[int, list[Fact]] = {}
    for fact in uow.session.scalars(select(Fact).where(Fact.device_id == "A", Fact.op == "debit")):
        said.setdefault(fact.seq, []).append(fact)
    drunk = {}
    for seq, all_said in said.items():
        charge = uow.session.get(Charge, ("A", seq))
        if not any(_within(trace, one) for one in all_said):
            continue
        standing = [one for one in all_said if charge and one.content_hash == charge.standing_hash]
        chosen = standing or sorted(all_said, key=lambda one: (-one.ml, one.content_hash))
        one = chosen[0]
        if one.ml > 0 and _within(trace, one):
            paid = charge.amount_fen if charge and charge.payer is Payer.CARD else 0
            drunk[seq] = ((charge.card_no if charge else None) or one.card_no, one.ml, paid)
    return drunk


def _within(trace: traces.Trace, fact: Fact) -> bool:
    at = min(fact.moment or fact.received_at, fact.received_at)
    after = trace.from_at is None or at >= trace.from_at
    return after and (trace.to_at is None or at < trace.to_at)
