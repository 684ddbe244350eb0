"""A pour in suspense while its case is worked on is given back once it is settled, never before and
never twice; a case that fails keeps no other waiting."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tapline import clock, ledger
from tapline.cards.facts import FactIn, Payer, ingest, restate
from tapline.cards.facts.rules import Bearing, Restatement
from tapline.tickets import Ticket
from tapline.uow import Database, UnitOfWork
from tapline.water import traces
from tapline.water.traces import Fate, Trace
from tapline_ops.tasks import water
from tests import factories
from tests.integration.consequences import drain
from tests.integration.water.laboratory import NOON, Laboratory, carry

CARD, STRANGE = "88001234", "88005678"

Settle = Callable[[Laboratory], None]


def the_card_is_known_by_now(laboratory: Laboratory) -> None:
    factories.card(laboratory.uow, STRANGE, 20_000)
    drain(laboratory.uow)


def a_person_finds_whose_it_was(laboratory: Laboratory) -> None:
    """It was the other card, whose number had been misread."""
    moved = Restatement(
        device_id="A", seq=2, standing_hash=None, bearing=Bearing(Payer.CARD, CARD, 100)
    )
    restate(laboratory.uow, tenant_id="demo", restatements=[moved])


SETTLED = pytest.mark.parametrize("settle", [the_card_is_known_by_now, a_person_finds_whose_it_was])


def poured(laboratory: Laboratory, *facts: FactIn) -> None:
    clock.advance(timedelta(minutes=5))
    ingest(laboratory.uow, tenant_id="demo", facts=facts)
    drain(laboratory.uow)


def wet(seq: int, card_no: str) -> FactIn:
    return factories.fact("A", seq, card_no, atc=1, before_fen=20_000, moment=clock.now())


def opened(laboratory: Laboratory) -> Trace:
    return traces.open_for_machine(
        laboratory.uow, staff=laboratory.supervisor, device_id="A", words="smells"
    )


def asked(laboratory: Laboratory, trace: Trace) -> int | None:
    traces.ask_refund(laboratory.uow, staff=laboratory.supervisor, trace_id=trace.trace_id)
    return trace.refund_asked_fen


def time_passes(laboratory: Laboratory) -> None:
    clock.advance(timedelta(minutes=5))
    carry(laboratory.uow)


def fates(laboratory: Laboratory, trace: Trace) -> dict[Fate, tuple[int, int]]:
    """By fate: how many pours, and the fen given for them."""
    found = traces.case(laboratory.uow, tenant_id="demo", trace_id=trace.trace_id).fates
    return {fate: (one.pours, one.given_fen) for fate, one in found.items()}


def held(laboratory: Laboratory) -> int:
    """What all cards there are hold."""
    shown = []
    for card_no in (CARD, STRANGE):
        shown.append(ledger.card(laboratory.uow, tenant_id="demo", card_no=card_no).balance_fen)
    return sum(shown)


def supplements(uow: UnitOfWork) -> list[Ticket]:
    rows = select(Ticket).where(Ticket.category == "bad_water_owed")
    return list(uow.session.scalars(rows))


@pytest.fixture
def left(laboratory: Laboratory) -> tuple[Laboratory, Trace]:
    """One pour was given back; another, of a card nobody knew, was left to a person."""
    factories.card(laboratory.uow, CARD, 20_000)
    poured(laboratory, wet(1, CARD), wet(2, STRANGE))
    trace = opened(laboratory)
    assert asked(laboratory, trace) == 100
    time_passes(laboratory)
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100), Fate.LEFT: (1, 0)}
    return laboratory, trace


@SETTLED
@pytest.mark.req("U3")
def test_what_is_settled_after_it_was_left_to_a_person_is_decided_about_and_given(
    left: tuple[Laboratory, Trace], settle: Settle
) -> None:
    laboratory, trace = left
    settle(laboratory)
    before = held(laboratory)
    time_passes(laboratory)
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100), Fate.WAITING: (1, 0)}
    assert held(laboratory) == before, "nobody has decided about it yet"

    assert asked(laboratory, trace) == 100
    for _ in range(3):
        time_passes(laboratory)

    assert fates(laboratory, trace) == {Fate.GIVEN: (2, 200)}
    assert held(laboratory) == before + 100
    assert supplements(laboratory.uow) == [], "the case was still under way"


@SETTLED
@pytest.mark.req("U3")
def test_what_is_settled_before_anybody_decides_is_part_of_what_is_decided_about(
    laboratory: Laboratory, settle: Settle
) -> None:
    factories.card(laboratory.uow, CARD, 20_000)
    poured(laboratory, wet(2, STRANGE))
    trace = opened(laboratory)
    settle(laboratory)
    before = held(laboratory)

    assert asked(laboratory, trace) == 100
    time_passes(laboratory)

    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100)}
    assert held(laboratory) == before + 100


@pytest.mark.req("U3")
def test_what_nothing_settles_stays_with_a_person_however_often_it_is_looked_at(
    left: tuple[Laboratory, Trace],
) -> None:
    laboratory, trace = left
    for _ in range(3):
        time_passes(laboratory)
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100), Fate.LEFT: (1, 0)}


@pytest.mark.req("U3")
def test_what_is_settled_after_the_end_is_one_case_for_a_person_who_can_still_give_it(
    left: tuple[Laboratory, Trace],
) -> None:
    laboratory, trace = left
    uow, leader = laboratory.uow, laboratory.supervisor
    traces.tell_customers(uow, staff=leader, trace_id=trace.trace_id)
    traces.end(uow, staff=leader, trace_id=trace.trace_id, conclusion="换膜并消毒")
    time_passes(laboratory)
    assert supplements(uow) == []

    the_card_is_known_by_now(laboratory)
    for _ in range(3):
        time_passes(laboratory)

    (supplement,) = supplements(uow)
    assert supplement.facts == {"pours": 1, "fen": 100, "trace": str(trace.trace_id)}
    assert asked(laboratory, trace) == 100
    time_passes(laboratory)
    assert fates(laboratory, trace) == {Fate.GIVEN: (2, 200)}
    assert ledger.card(uow, tenant_id="demo", card_no=STRANGE).balance_fen == 20_000


@pytest.mark.req("U3")
def test_a_case_that_fails_is_named_and_keeps_no_other_waiting(
    fresh_database: Database,
) -> None:
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            laboratory = Laboratory(uow)
            factories.device(uow, "B")
            factories.card(uow, CARD, 20_000)
            bad = traces.open_for_machine(
                uow, staff=laboratory.supervisor, device_id="B", words="smells"
            ).trace_id
            poured(laboratory, wet(1, CARD))
            good = opened(laboratory)
            asked(laboratory, good)
            uow.session.execute(
                text(
                    "create function poison() returns trigger language plpgsql as"
                    " $$ begin raise 'a row nobody thought of'; end $$;"
                    " create trigger poison before update on water_trace for each row"
                    f" when (old.trace_id = '{bad}') execute function poison()"
                )
            )
        clock.advance(timedelta(minutes=5))

        with pytest.raises(ExceptionGroup, match="1 of 2 failed") as told:
            water.carry(fresh_database)

        assert told.value.exceptions[0].__notes__ == [f"while at trace {bad} of demo"]
        with fresh_database.transaction() as uow:
            case = traces.case(uow, tenant_id="demo", trace_id=good.trace_id)
            assert case.fates[Fate.GIVEN].given_fen == 100
