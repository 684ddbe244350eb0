"""What a case gave for a pour stays with the card that bears it, whatever becomes of the charge;
nobody takes back alone what was decided about many."""

from datetime import timedelta

import pytest

from tapline import clock, ledger, reconciliation
from tapline.cards.facts import Payer, ingest, restate
from tapline.cards.facts.rules import Bearing, Restatement
from tapline.people import Role, Staff
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Goodwill, Why
from tapline.refunds.goodwill.rules import DecidedError
from tapline.water.traces import Fate, Trace
from tests import factories
from tests.integration.consequences import drain
from tests.integration.water.laboratory import Laboratory, carry
from tests.integration.water.test_trace_suspense import (
    CARD,
    STRANGE,
    asked,
    fates,
    opened,
    poured,
    supplements,
    time_passes,
    wet,
)


def has(laboratory: Laboratory) -> tuple[int, int]:
    """What both cards hold."""
    of_cards = ledger.cards(laboratory.uow, tenant_id="demo", card_nos=[CARD, STRANGE])
    return of_cards[CARD].balance_fen, of_cards[STRANGE].balance_fen


def charged(laboratory: Laboratory, card_no: str | None, fen: int = 100) -> None:
    """The pour turns out to be this card's; None: nobody knows whose."""
    payer = Payer.CARD if card_no else Payer.SUSPENSE
    now = Restatement(
        device_id="A", seq=1, standing_hash=None, bearing=Bearing(payer, card_no, fen)
    )
    restate(laboratory.uow, tenant_id="demo", restatements=[now])


def give(laboratory: Laboratory, agent: Staff, fen: int) -> Goodwill:
    return goodwill.give(
        laboratory.uow,
        tenant_id="demo",
        card_no=CARD,
        device_id="A",
        seq=1,
        amount_fen=fen,
        why=Why.WAITED,
        staff=agent,
    )


def undo(laboratory: Laboratory, act: Goodwill, by: Staff) -> None:
    goodwill.undo(laboratory.uow, tenant_id="demo", goodwill_id=act.goodwill_id, staff=by)
    drain(laboratory.uow)


@pytest.fixture
def two(laboratory: Laboratory) -> Laboratory:
    """Two cards of 200 yuan; the first poured for 1 yuan."""
    factories.card(laboratory.uow, CARD, 20_000)
    factories.card(laboratory.uow, STRANGE, 20_000)
    poured(laboratory, wet(1, CARD))
    return laboratory


@pytest.fixture
def given(two: Laboratory) -> tuple[Laboratory, Trace]:
    """A case has given it back."""
    trace = opened(two)
    asked(two, trace)
    clock.advance(timedelta(seconds=61))
    carry(two.uow)
    assert fates(two, trace) == {Fate.GIVEN: (1, 100)}
    assert has(two) == (20_000, 20_000)
    return two, trace


@pytest.mark.req("U3")
@pytest.mark.parametrize("days", [0, 200])
def test_what_was_given_for_a_pour_follows_it_to_the_card_that_bears_it(
    given: tuple[Laboratory, Trace], days: int
) -> None:
    laboratory, trace = given
    clock.advance(timedelta(days=days))

    charged(laboratory, STRANGE)
    for _ in range(3):
        drain(laboratory.uow)
        time_passes(laboratory)

    assert has(laboratory) == (20_000, 20_000)
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100)}


@pytest.mark.req("U3")
def test_of_a_pour_that_nobody_bears_any_more_nothing_is_kept_and_a_person_hears_of_it(
    given: tuple[Laboratory, Trace],
) -> None:
    laboratory, trace = given

    charged(laboratory, None)
    drain(laboratory.uow)
    time_passes(laboratory)
    assert has(laboratory) == (20_000, 20_000)
    assert fates(laboratory, trace) == {Fate.LEFT: (1, 0)}

    charged(laboratory, CARD)
    drain(laboratory.uow)
    for _ in range(3):
        time_passes(laboratory)
    assert has(laboratory) == (20_000, 20_000), "what it had is its own again"


@pytest.mark.req("U3")
def test_a_pour_that_costs_more_than_was_given_for_it_is_decided_about_anew(
    given: tuple[Laboratory, Trace],
) -> None:
    laboratory, trace = given

    charged(laboratory, CARD, 300)
    drain(laboratory.uow)
    time_passes(laboratory)
    assert has(laboratory) == (19_800, 20_000)

    assert asked(laboratory, trace) == 300
    time_passes(laboratory)
    assert has(laboratory) == (20_000, 20_000)
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 300)}
    assert supplements(laboratory.uow) == []


@pytest.mark.req("U3")
def test_a_card_that_was_copied_keeps_no_money_for_a_pour_that_was_not_its_own(
    given: tuple[Laboratory, Trace],
) -> None:
    laboratory, _ = given
    uow = laboratory.uow
    factories.device(uow, "B")
    clock.advance(timedelta(minutes=5))
    rival = factories.fact("B", 1, CARD, atc=1, before_fen=20_000, amt_fen=200, moment=clock.now())
    ingest(uow, tenant_id="demo", facts=[rival])
    drain(uow)
    time_passes(laboratory)
    assert has(laboratory)[0] == 20_000, "while nobody knows which of the two was real"

    (copied,) = [
        one
        for one in reconciliation.listed(uow, tenant_id="demo", card_no=CARD)
        if one.code == "D09"
    ]
    reconciliation.decide(
        uow,
        tenant_id="demo",
        finding_id=copied.finding_id,
        choice="none",
        reason="a copy",
        staff=laboratory.supervisor,
    )
    drain(uow)
    time_passes(laboratory)
    assert has(laboratory)[0] == 20_000


@pytest.mark.req("U3")
def test_nobody_takes_back_what_a_case_gave_or_added_to(two: Laboratory) -> None:
    agent = two.hires("lin.xia", Role.AGENT)
    act = give(two, agent, 20)
    trace = opened(two)
    asked(two, trace)
    clock.advance(timedelta(seconds=61))
    carry(two.uow)
    assert fates(two, trace) == {Fate.GIVEN: (1, 80)}

    for somebody in (agent, two.supervisor):
        with pytest.raises(DecidedError):
            undo(two, act, somebody)
    assert has(two) == (20_000, 20_000)


@pytest.mark.req("U3")
def test_where_an_agent_takes_back_what_made_a_case_superfluous_the_case_gives(
    two: Laboratory,
) -> None:
    agent = two.hires("lin.xia", Role.AGENT)
    act = give(two, agent, 300)
    trace = opened(two)
    asked(two, trace)
    clock.advance(timedelta(seconds=61))
    carry(two.uow)
    assert fates(two, trace) == {Fate.EARLIER: (1, 0)}

    undo(two, act, agent)
    time_passes(two)

    assert has(two) == (20_000, 20_000)
    assert fates(two, trace) == {Fate.GIVEN: (1, 100)}
