"""What bad water cost goes back to whom it was charged, no more than was decided, in every case."""

from datetime import timedelta

import pytest

from tapline import clock, ledger, policy
from tapline.cards.facts import FactFlaw, FactIn, Payer, ingest, restate
from tapline.cards.facts.rules import Bearing, Restatement
from tapline.people import Role
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Why
from tapline.uow import Database, UnitOfWork
from tapline.water import traces
from tapline.water.traces import Fate
from tests import factories
from tests.integration.consequences import drain
from tests.integration.water.laboratory import NOON, Laboratory, carry
from tests.rivals import beside

CARD, OTHER, THIRD = "88001234", "88005678", "88009012"


def wet(seq: int, card_no: str, **changes: object) -> FactIn:
    device_id = str(changes.pop("device_id", "A"))
    return factories.fact(device_id, seq, card_no, atc=1, before_fen=20_000, **changes)


def arrive(laboratory: Laboratory, *facts: FactIn) -> None:
    clock.advance(timedelta(minutes=5))
    ingest(laboratory.uow, tenant_id="demo", facts=facts)
    drain(laboratory.uow)


def opened(laboratory: Laboratory) -> traces.Trace:
    return traces.open_for_machine(
        laboratory.uow, staff=laboratory.supervisor, device_id="A", words="smells"
    )


def asked(laboratory: Laboratory, trace: traces.Trace) -> traces.Trace:
    return traces.ask_refund(laboratory.uow, staff=laboratory.supervisor, trace_id=trace.trace_id)


def fates(laboratory: Laboratory, trace: traces.Trace) -> dict[Fate, tuple[int, int]]:
    """By fate: how many pours, and the fen given for them."""
    found = traces.case(laboratory.uow, tenant_id="demo", trace_id=trace.trace_id).fates
    return {fate: (one.pours, one.given_fen) for fate, one in found.items()}


def has(uow: UnitOfWork, card_no: str) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.mark.req("U3")
def test_a_pour_that_nobody_was_charged_for_keeps_nobody_elses_money(
    laboratory: Laboratory,
) -> None:
    factories.card(laboratory.uow, CARD, 20_000)
    forged = wet(2, CARD, flaw=FactFlaw.WRONG_PROOF)
    arrive(laboratory, wet(1, CARD), forged)
    trace = asked(laboratory, opened(laboratory))

    carry(laboratory.uow)

    assert has(laboratory.uow, CARD) == 20_000
    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100), Fate.LEFT: (1, 0)}


@pytest.mark.req("U3")
def test_what_is_charged_only_after_the_decision_is_decided_about_anew(
    laboratory: Laboratory,
) -> None:
    uow = laboratory.uow
    factories.card(uow, CARD, 20_000)
    arrive(laboratory, wet(1, CARD), wet(2, OTHER, amt_fen=900))
    trace = opened(laboratory)
    assert asked(laboratory, trace).refund_asked_fen == 100
    factories.card(uow, OTHER, 20_000)
    drain(uow)
    clock.advance(timedelta(minutes=5))
    assert has(uow, OTHER) == 19_100, "the card is known by now, and charged"

    carry(uow)

    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100), Fate.WAITING: (1, 0)}
    assert asked(laboratory, trace).refund_asked_fen == 900
    clock.advance(timedelta(minutes=5))
    carry(uow)
    assert fates(laboratory, trace) == {Fate.GIVEN: (2, 1000)}
    assert has(uow, OTHER) == 20_000


@pytest.mark.req("U3")
def test_what_is_approved_of_an_old_case_is_given_all_the_same(laboratory: Laboratory) -> None:
    factories.card(laboratory.uow, CARD, 20_000)
    arrive(laboratory, wet(1, CARD))
    trace = opened(laboratory)
    clock.advance(timedelta(days=100))
    asked(laboratory, trace)

    carry(laboratory.uow)

    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100)}
    assert has(laboratory.uow, CARD) == 20_000


@pytest.mark.req("U3")
def test_an_act_of_goodwill_to_a_card_that_did_not_pay_keeps_nothing_from_the_one_that_did(
    laboratory: Laboratory,
) -> None:
    uow, agent = laboratory.uow, laboratory.hires("lin.xia", Role.AGENT)
    factories.card(uow, CARD, 20_000)
    factories.card(uow, OTHER, 20_000)
    arrive(laboratory, wet(1, CARD))
    goodwill.give(
        uow,
        tenant_id="demo",
        card_no=CARD,
        device_id="A",
        seq=1,
        amount_fen=40,
        why=Why.BAD_WATER,
        staff=agent,
    )
    moved = Restatement(
        device_id="A", seq=1, standing_hash=None, bearing=Bearing(Payer.CARD, OTHER, 100)
    )
    restate(uow, tenant_id="demo", restatements=[moved])
    trace = opened(laboratory)
    asked(laboratory, trace)
    carry(uow)

    assert fates(laboratory, trace) == {Fate.GIVEN: (1, 100)}
    assert (has(uow, CARD), has(uow, OTHER)) == (20_000, 20_000)


@pytest.mark.req("U3")
def test_many_small_cases_of_one_person_want_a_second_one_too(laboratory: Laboratory) -> None:
    uow = laboratory.uow
    factories.device(uow, "B")
    factories.card(uow, CARD, 20_000)
    factories.card(uow, OTHER, 20_000)
    arrive(laboratory, wet(1, CARD), wet(1, OTHER, device_id="B"))
    policy.publish(
        uow,
        tenant_id="demo",
        changes={"water_refund_alone_fen_max": 150},
        actor="he.qing",
        reason="little",
    )
    assert asked(laboratory, opened(laboratory)).refund_approved_at is not None
    second = traces.open_for_machine(
        uow, staff=laboratory.supervisor, device_id="B", words="smells too"
    )
    assert asked(laboratory, second).refund_approved_at is None


@pytest.mark.req("U3")
def test_what_one_allowed_alone_counts_though_a_colleague_asked_again_since(
    laboratory: Laboratory,
) -> None:
    uow = laboratory.uow
    factories.device(uow, "B")
    for card_no in (CARD, OTHER, THIRD):
        factories.card(uow, card_no, 20_000)
    limit = {"water_refund_alone_fen_max": 250}
    policy.publish(uow, tenant_id="demo", changes=limit, actor="he.qing", reason="little")
    arrive(laboratory, wet(1, CARD))
    first = asked(laboratory, opened(laboratory))
    carry(uow)
    arrive(laboratory, wet(2, OTHER), wet(1, THIRD, device_id="B", amt_fen=200))
    carry(uow)
    again = traces.ask_refund(uow, staff=laboratory.second, trace_id=first.trace_id)
    assert again.refund_approved_by == laboratory.second.staff_id

    second = traces.open_for_machine(
        uow, staff=laboratory.supervisor, device_id="B", words="smells too"
    )
    assert asked(laboratory, second).refund_approved_at is None


@pytest.mark.req("U3")
def test_two_small_cases_asked_for_in_the_same_moment_add_up_too(fresh_database: Database) -> None:
    with clock.frozen(NOON):
        with fresh_database.transaction() as uow:
            laboratory = Laboratory(uow)
            factories.device(uow, "B")
            factories.card(uow, CARD, 20_000)
            factories.card(uow, OTHER, 20_000)
            arrive(laboratory, wet(1, CARD), wet(1, OTHER, device_id="B"))
            limit = {"water_refund_alone_fen_max": 150}
            policy.publish(uow, tenant_id="demo", changes=limit, actor="he.qing", reason="little")
            first = opened(laboratory).trace_id
            second = traces.open_for_machine(
                uow, staff=laboratory.supervisor, device_id="B", words="smells too"
            ).trace_id

        failure = beside(
            fresh_database,
            lambda uow: traces.ask_refund(uow, staff=laboratory.supervisor, trace_id=first),
            lambda uow: traces.ask_refund(uow, staff=laboratory.supervisor, trace_id=second),
        )

        assert failure is None
        with fresh_database.transaction() as uow:
            cases = [
                traces.case(uow, tenant_id="demo", trace_id=one).trace for one in (first, second)
            ]
            assert [one.refund_approved_at is not None for one in cases] == [True, False]
