"""What a debit gave for its money."""

from datetime import timedelta

import pytest

from tapline.cards.facts import Payer
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.judgement import Leased
from tests.unit.reconciliation.stories import CARD, START, found, judged, pour

ONE = FactKey("A", 1)


@pytest.mark.req("C1", "H386")
def test_a_charge_without_water_is_owed_in_full() -> None:
    judgement = judged(pour(1, 1, 5000, ml=0, pulses=0, status="no_flow"))
    assert found(judgement) == {("D01", 1): 100}
    assert judgement.owed[ONE].target_fen == 100
    assert judgement.bearings[ONE].amount_fen == 100, "the card bears it until money goes back"


@pytest.mark.parametrize(("ml", "code", "owed_fen"), [(49, "D01", 100), (50, "D02", 97)])
def test_fifty_millilitres_are_the_least_that_counts_as_water(
    ml: int, code: str, owed_fen: int
) -> None:
    judgement = judged(pour(1, 1, 5000, ml=ml, pulses=20, status="partial"))
    assert found(judgement) == {(code, 1): owed_fen}


@pytest.mark.parametrize(("ml", "owed_fen"), [(1349, 11), (1000, 34), (750, 50)])
def test_a_partial_pour_is_worth_its_share_and_fractions_go_to_the_customer(
    ml: int, owed_fen: int
) -> None:
    assert found(judged(pour(1, 1, 5000, ml=ml))) == {("D02", 1): owed_fen}


@pytest.mark.parametrize("ml", [1350, 1500, 1700])
def test_a_pour_is_whole_from_nine_tenths_of_what_was_asked(ml: int) -> None:
    judgement = judged(pour(1, 1, 5000, ml=ml))
    assert not judgement.findings
    assert not judgement.owed


def test_a_partial_pour_of_which_nobody_knows_what_was_asked_is_not_judged() -> None:
    assert not judged(pour(1, 1, 5000, ml=300, ml_req=None)).findings


def test_a_meter_that_never_turned_gave_no_water_whatever_it_computed() -> None:
    assert found(judged(pour(1, 1, 5000, ml=1500, pulses=0))) == {("D01", 1): 100}


def test_a_free_pour_owes_nothing() -> None:
    assert not judged(pour(1, 1, 5000, amt_fen=0, bal_after_fen=5000, ml=0)).findings


def test_a_load_owes_nothing() -> None:
    load = pour(1, 1, 5000, op="load", bal_after_fen=5100, ml=0, pulses=None, load_id="V")
    judgement = judged(load, vouchers={"V": Leased(CARD, "A", 100)})
    assert not judgement.findings
    assert judgement.bearings[ONE].payer is Payer.NOBODY


def test_of_two_debits_in_a_minute_the_one_without_water_is_named() -> None:
    judgement = judged(
        pour(1, 1, 5000, ml=0, pulses=0, moment=START),
        pour(2, 2, 4900, moment=START + timedelta(seconds=59)),
    )
    assert found(judgement) == {("D01", 1): 100, ("D06", 1): 100}
    assert judgement.owed == {ONE: ("88001234", 100, "D01")}, "one fact, one correction"


@pytest.mark.parametrize(
    "second",
    [
        pour(2, 2, 4900, moment=START + timedelta(seconds=60)),
        pour(2, 3, 4900, moment=START + timedelta(seconds=30)),
        pour(2, 2, 4900, moment=START + timedelta(seconds=30), nozzle=2),
        pour(2, 2, 4900, moment=START + timedelta(seconds=30), device="B"),
        pour(2, 2, 4900, moment=START + timedelta(seconds=30), ml=0, pulses=0),
        pour(2, 2, 4900, moment=None),
    ],
    ids=[
        "a minute later",
        "another between",
        "other nozzle",
        "other machine",
        "dry too",
        "no time",
    ],
)
def test_debits_that_do_not_belong_together_are_no_double_charge(second: object) -> None:
    first = pour(1, 1, 5000, ml=0, pulses=0, moment=START)
    codes = {code for code, _ in found(judged(first, second))}  # type: ignore[arg-type]
    assert codes == {"D01"}


def test_two_debits_with_water_are_simply_two_pours() -> None:
    judgement = judged(
        pour(1, 1, 5000, moment=START), pour(2, 2, 4900, moment=START + timedelta(seconds=30))
    )
    assert not judgement.findings


def test_an_unknown_card_is_found_but_nothing_is_owed_to_it() -> None:
    judgement = judged(pour(1, 1, 5000, ml=0, pulses=0), opened_fen={})
    assert found(judgement) == {("D01", 1): 100}
    assert judgement.bearings[ONE].payer is Payer.SUSPENSE
    assert not judgement.owed
