"""Several contents under one number."""

import itertools

from tapline.cards.facts import Payer
from tapline.reconciliation.chain import FactKey
from tests.unit.reconciliation.stories import OPENED_FEN, found, judged, pour

TWO = FactKey("A", 2)
FIRST, TRUE, THIRD = pour(1, 1, 5000), pour(2, 2, 4900), pour(3, 3, 4800)
FALSE = pour(2, 2, 4900, amt_fen=900)


def test_the_version_that_fits_the_chain_stands_whichever_came_first() -> None:
    for order in itertools.permutations([FIRST, TRUE, FALSE, THIRD]):
        judgement = judged(*order)
        assert judgement.standing[TWO] == TRUE
        assert judgement.bearings[TWO].amount_fen == 100
        assert found(judgement) == {("D05", 2): 900}
        assert not judgement.owed


def test_without_the_next_sighting_nobody_is_charged_beyond_what_no_version_disputes() -> None:
    judgement = judged(FIRST, TRUE, FALSE)
    bearing = judgement.bearings[TWO]
    assert (bearing.payer, bearing.card_no, bearing.amount_fen) == (Payer.SUSPENSE, None, 100)
    assert TWO not in judgement.standing


def test_the_opening_of_a_card_is_the_first_link_of_its_chain() -> None:
    first, false, second = pour(1, 1, 5000), pour(1, 1, 5000, amt_fen=900), pour(2, 2, 4900)
    assert judged(first, false, second).standing[FactKey("A", 1)] == first


def test_a_version_whose_own_sum_is_wrong_never_stands() -> None:
    wrong = pour(2, 2, 4900, amt_fen=70, bal_after_fen=4800)
    judgement = judged(FIRST, wrong, FALSE, THIRD)
    assert TWO not in judgement.standing
    assert judgement.bearings[TWO].amount_fen == 70


def test_two_versions_that_both_fit_leave_it_to_a_person() -> None:
    twin = pour(2, 2, 4900, ml=300)
    judgement = judged(FIRST, TRUE, twin, THIRD)
    assert TWO not in judgement.standing
    assert not judgement.owed, "which version is true decides what is owed"


def test_a_neighbour_in_conflict_proves_nothing() -> None:
    judgement = judged(FIRST, TRUE, FALSE, THIRD, pour(3, 3, 4800, amt_fen=900), pour(4, 4, 4700))
    assert not judgement.standing.keys() & {TWO, FactKey("A", 3)}


def test_versions_of_different_cards_are_held_against_the_chain_of_each() -> None:
    others = [pour(1, 1, 3000, card_no="88009999", device="B")]
    claim = pour(2, 2, 2900, card_no="88009999")
    opened_fen = OPENED_FEN | {"88009999": 3000}
    undecided = judged(FIRST, TRUE, claim, *others, opened_fen=opened_fen)
    assert TWO not in undecided.standing
    decided = judged(
        FIRST,
        TRUE,
        claim,
        *others,
        pour(2, 3, 2800, card_no="88009999", device="B"),
        opened_fen=opened_fen,
    )
    assert decided.bearings[TWO].card_no == "88009999"


def test_what_was_asked_of_a_version_set_aside_is_not_owed() -> None:
    dry = pour(2, 2, 4900, amt_fen=900, ml=0, pulses=0)
    judgement = judged(FIRST, TRUE, dry, THIRD)
    assert found(judgement) == {("D05", 2): 900}
    assert not judgement.owed
