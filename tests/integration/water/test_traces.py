"""Who drank it: found by what machines reported, told once, given back once; drills only read."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tapline import cards, clock, ledger, people, policy
from tapline.cards.facts import FactIn, ingest
from tapline.devices.commands import CommandState
from tapline.errors import ConflictError, DeniedError
from tapline.people import Role, Staff
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Goodwill, Why
from tapline.uow import UnitOfWork
from tapline.water import drills, stops, traces
from tapline.water.traces import Fate, TracePour
from tests import factories
from tests.integration.consequences import drain
from tests.integration.water.laboratory import BAD, GOOD, NOON, Laboratory, carry, told

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
    found = list(traces.pours_of(drunk.uow, tenant_id="demo", trace_id=trace.trace_id))
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
    carry(uow)
    carry(uow)
    assert told(uow) == ["13800138000"]
    late = people.create_customer(uow, tenant_id="demo", phone="13900139000", name="王强")
    factories.card(uow, "88009999", 20_000)
    cards.assign(uow, tenant_id="demo", card_no="88009999", customer_id=late.customer_id)
    pours(drunk, wet(4, "88009999", 1, moment=clock.now() - timedelta(minutes=10)))
    drunk.says(CommandState.DONE)
    clock.advance(timedelta(minutes=2))
    carry(uow)
    found = case(uow, trace)
    assert (found.numbers.pours, found.numbers.late_pours) == (3, 1)
    assert told(uow) == ["13800138000", "13900139000"]
    assert trace.to_at is not None, "the machine confirmed meanwhile"
    assert found.told == {"waiting": 2}


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
    carry(uow)
    assert _has(uow) == before, "nobody has approved it"
    with pytest.raises(DeniedError, match="colleague"):
        _approve(uow, drunk.supervisor, trace)
    _approve(uow, drunk.second, trace)
    for _ in range(3):
        carry(uow)
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
    assert told(uow) == []
    assert not stops.standing(uow, tenant_id="demo")
    assert uow.session.scalar(select(func.count()).select_from(TracePour)) == 0
    with pytest.raises(ConflictError):
        drills.hold(uow, staff=drunk.second, quarter="2026Q4")
