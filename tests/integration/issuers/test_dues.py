"""Cards of others: their water is due from whoever issued them."""

from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, ledger
from tapline.cards import issuers
from tapline.cards.facts.model import Charge, Payer
from tapline.cards.issuers import settlements
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tests import factories
from tests.integration.issuers.campus import CARD, SCHOOL, Campus

DRY: dict[str, Any] = {"ml": 0, "pulses": 0, "status": "no_flow"}


@pytest.mark.req("U5")
def test_a_pour_with_a_schools_card_is_due_from_the_school_and_touches_no_card_of_ours(
    campus: Campus,
) -> None:
    campus.arrives(campus.pours())

    assert campus.due_fen == 100
    assert campus.balance_fen(chart.WATER) == 100
    assert campus.balance_fen(chart.suspense("A")) == 0
    trial = ledger.trial(campus.uow, tenant_id="demo")
    assert not [row for row in trial if row.code.startswith("card:")]


def test_what_was_drawn_before_the_numbers_were_known_leaves_suspense_when_they_are(
    campus: Campus,
) -> None:
    campus.arrives(campus.pours(card_no="55500001"))
    assert (campus.balance_fen(chart.suspense("A")), campus.due_fen) == (100, 0)

    campus.owns("55500000-55509999")
    assert (campus.balance_fen(chart.suspense("A")), campus.due_fen) == (0, 100)


def test_numbers_named_by_mistake_go_back_and_so_does_what_was_given_back_for_them(
    campus: Campus,
) -> None:
    campus.owns("55500001")
    campus.arrives(campus.pours(card_no="55500001"), campus.pours(card_no="55500001", **DRY))
    assert campus.due_fen == 100  # one pour stands, one was corrected

    issuers.remove_numbers(
        campus.uow,
        tenant_id="demo",
        issuer_id=SCHOOL,
        first_no="55500001",
        actor="he.qing",
        reason="another school's",
    )
    campus.arrives()
    assert (campus.due_fen, campus.balance_fen(chart.suspense("A"))) == (0, 200)


@pytest.mark.req("U5")
def test_water_that_did_not_come_is_given_back_to_the_school(campus: Campus) -> None:
    campus.arrives(campus.pours(), campus.pours(**DRY), campus.pours(ml=600, pulses=270))

    assert campus.due_fen == 100 + 0 + 40
    assert campus.balance_fen(chart.WATER) == 140


def test_duplicates_and_order_play_no_part(campus: Campus) -> None:
    facts = [campus.pours(), campus.pours("B", **DRY), campus.pours("B")]

    campus.arrives(facts[2], facts[0])
    campus.arrives(*facts, *facts)

    assert campus.due_fen == 200


def test_no_number_has_two_owners(campus: Campus) -> None:
    factories.card(campus.uow, "30000001")
    for lines in (["20269999"], ["2026****"], ["20250000-20260000"]):
        with pytest.raises(ConflictError, match=SCHOOL):
            campus.owns(*lines)
    with pytest.raises(ConflictError, match="our own"):
        campus.owns("3000****")
    with pytest.raises(InvalidError, match="named twice"):
        campus.owns("4000****", "40001234")
    with pytest.raises(ConflictError, match=SCHOOL):
        factories.card(campus.uow, CARD)
    assert len(issuers.numbers_of(campus.uow, tenant_id="demo", issuer_id=SCHOOL)) == 1


def test_a_neighbours_issuer_owns_nothing_of_ours(campus: Campus) -> None:
    factories.tenant(campus.uow, "other")
    assert issuers.of_cards(campus.uow, tenant_id="other", card_nos=[CARD]) == {}
    assert issuers.of_cards(campus.uow, tenant_id="demo", card_nos=[CARD, "2026001"]) == {
        CARD: SCHOOL
    }


def test_a_torn_debit_costs_the_school_nothing_until_the_card_is_seen_again(
    campus: Campus,
) -> None:
    before = campus.pours()
    torn = campus.pours(status="torn", bal_before_fen=8900, bal_after_fen=None)
    campus.arrives(before, torn)
    assert campus.due_fen == 100
    charge = campus.uow.session.get(Charge, ("A", torn.seq))
    assert charge is not None
    assert charge.payer is Payer.NOBODY
    clock.advance(timedelta(minutes=1))
    campus.arrives(campus.pours("B", bal_before_fen=8800, bal_after_fen=8700))
    assert campus.due_fen == 300


def test_another_operators_card_is_due_from_that_operator_and_settled_like_a_schools(
    campus: Campus,
) -> None:
    operator = factories.operator(campus.uow, "qingyuan", "清源饮水", "清源饮水服务有限公司")
    issuers.add_numbers(
        campus.uow,
        tenant_id="demo",
        issuer_id=operator.issuer_id,
        lines=["6600****"],
        actor="he.qing",
    )
    campus.arrives(campus.pours(card_no="66000001"))
    clock.advance(timedelta(days=1))
    settlement = settlements.issue(
        campus.uow,
        tenant_id="demo",
        issuer_id=operator.issuer_id,
        period_to=clock.business_date(clock.now()) - timedelta(days=1),
        actor="finance",
    )

    trial = {row.code: row.balance for row in ledger.trial(campus.uow, tenant_id="demo")}
    assert trial == {"interop:due_from:qingyuan": 100, "rev:water": 100}
    assert (operator.issuer_id, settlement.total_fen) == ("op-qingyuan", 100)


def test_one_legal_entity_is_one_operator(campus: Campus) -> None:
    factories.operator(campus.uow, "near", legal_entity="临江水务有限公司")
    with pytest.raises(ConflictError, match="op-near"):
        factories.operator(campus.uow, "nearer", legal_entity="临江水务有限公司 ")


def test_who_is_no_operator_cannot_have_an_operators_id(campus: Campus) -> None:
    with pytest.raises(InvalidError, match="another operator"):
        issuers.create(
            campus.uow,
            tenant_id="demo",
            issuer_id="op-school",
            name="学校",
            legal_entity="学校",
            contact="",
            settlement_day=5,
            commission_permille=0,
            actor="he.qing",
        )
