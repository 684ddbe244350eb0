"""Debits torn in the middle: the card's next sighting decides."""

from tapline.cards.facts import Payer
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings.rules import FindingKey
from tests.unit.reconciliation.stories import found, judged, pour, torn, verdict

TWO = FactKey("A", 2)


def test_until_the_card_is_seen_again_it_costs_nothing_and_is_on_record() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900))
    assert verdict(judgement, 2) == "open"
    assert found(judgement) == {("D12", 2): 100}
    assert judgement.bearings[TWO].payer is Payer.NOBODY


def test_a_card_met_unchanged_was_not_debited() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), pour(3, 2, 4900))
    assert verdict(judgement, 2) == "void"
    assert judgement.bearings[TWO].amount_fen == 0


def test_a_counter_moved_on_and_the_amount_gone_prove_the_debit() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), pour(3, 3, 4800))
    assert verdict(judgement, 2) == "charged"
    assert judgement.bearings[TWO].amount_fen == 100
    assert not judgement.owed, "the water came"


def test_a_proven_debit_is_weighed_by_its_water_like_any_other() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900, ml=0, pulses=0), pour(3, 3, 4800))
    assert found(judgement) == {("D12", 2): 100, ("D01", 2): 100}
    assert judgement.owed[TWO].target_fen == 100


def test_a_first_tap_torn_follows_the_opening() -> None:
    assert verdict(judged(torn(1, 5000), pour(2, 2, 4900)), 1) == "charged"
    assert verdict(judged(torn(1, 5000), pour(2, 1, 5000)), 1) == "void"


def test_the_counter_of_a_torn_debit_is_believed_where_it_has_one() -> None:
    before = pour(1, 1, 5000)
    assert verdict(judged(before, torn(2, 4900, atc=2), pour(3, 3, 4800)), 2) == "charged"
    assert verdict(judged(before, torn(2, 4900, atc=2), pour(3, 2, 4900)), 2) == "void"


def test_a_late_fact_that_fills_the_hole_takes_the_proof_away() -> None:
    story = [pour(1, 1, 5000), torn(2, 4900), pour(3, 3, 4800)]
    assert verdict(judged(*story), 2) == "charged"
    late = pour(1, 2, 4900, device="B")
    assert verdict(judged(*story, late), 2) == "void"


def test_one_hole_pays_for_one_of_two_torn_debits() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), torn(3, 4900), pour(4, 3, 4800))
    assert (verdict(judgement, 2), verdict(judgement, 3)) == ("charged", "void")


def test_a_wider_hole_waits_for_what_is_missing() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), pour(3, 4, 4700))
    assert verdict(judgement, 2) == "open"


def test_a_sighting_that_fits_neither_story_needs_a_person() -> None:
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), pour(3, 3, 4650))
    assert verdict(judgement, 2) == "unfit"
    assert judgement.findings[FindingKey.of_fact("D12", FactKey("A", 2))].needs_person


def test_a_balance_that_comes_round_again_does_not_move_an_old_torn_debit() -> None:
    load = pour(4, 3, 4800, op="load", bal_after_fen=4900)
    story = [pour(1, 1, 5000), torn(2, 4900), pour(3, 2, 4900), load]
    hole_elsewhere = pour(1, 5, 4800, device="B")
    assert verdict(judged(*story), 2) == "void"
    assert verdict(judged(*story, hole_elsewhere), 2) == "void"


def test_a_disputed_fact_is_neither_a_hole_nor_a_sighting() -> None:
    rivals = [pour(1, 2, 4900, device="B"), pour(1, 2, 4900, device="B", ml=300)]
    judgement = judged(pour(1, 1, 5000), torn(2, 4900), *rivals, pour(3, 3, 4800))
    assert verdict(judgement, 2) == "open"
