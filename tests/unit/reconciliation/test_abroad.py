"""What another operator says of a card, against the trail that our own machines tell."""

from datetime import timedelta

import pytest

from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Elsewhere, Judgement
from tests.unit.reconciliation.stories import CARD, START, judged, pour, torn, verdict

LONG_AFTER = START + timedelta(days=400)
ENDS = [pour(1, 1, 5000), pour(2, 6, 4600)]
"""A hole from 2 to 5, in which 3.00 yuan went."""


def line(atc: int, before_fen: int, after_fen: int) -> Elsewhere:
    return Elsewhere(f"op-far:F-1:{atc}", atc, before_fen, after_fen, START, START)


def codes(judgement: Judgement) -> set[str]:
    return {key.code for key in judgement.findings}


def test_a_line_that_fits_is_no_hole_and_leaves_room_around_it() -> None:
    judgement = judged(*ENDS, elsewhere={CARD: [line(3, 4800, 4700)]}, now=LONG_AFTER)
    assert not judgement.overturned
    assert [tuple(one) for one in judgement.holes[CARD]] == [(2, 2, 4900, 4800), (4, 5, 4700, 4600)]


@pytest.mark.parametrize("late", [pour(1, 3, 4800, device="B"), pour(1, 3, 9000, device="B")])
def test_a_record_of_ours_at_the_count_of_a_line_stands_above_it(late: object) -> None:
    told = {CARD: [line(3, 4800, 4700)]}
    judgement = judged(*ENDS, late, elsewhere=told)  # type: ignore[arg-type]
    assert judgement.overturned == {CARD: {"op-far:F-1:3"}}


def test_a_record_of_ours_that_shows_other_balances_next_to_a_line_overturns_it() -> None:
    told = {CARD: [line(3, 4850, 4750)]}
    assert not judged(*ENDS, elsewhere=told).overturned
    judgement = judged(*ENDS, pour(1, 2, 4900, device="B"), elsewhere=told)
    assert judgement.overturned == {CARD: {"op-far:F-1:3"}}
    assert "D09" not in codes(judgement), "the card is not blocked on another's word"


def test_records_in_dispute_beside_a_line_leave_it_as_it_is() -> None:
    told = {CARD: [line(3, 4800, 4700)]}
    first = pour(1, 4, 4700, device="B")
    judgement = judged(*ENDS, first, first._replace(content_hash=b"2", ml=1), elsewhere=told)
    assert "D05" in codes(judgement)
    assert not judgement.overturned


def test_a_torn_debit_and_a_line_at_its_place_charge_the_card_once_and_a_person_looks() -> None:
    story = [pour(1, 1, 5000), torn(2, 4900), pour(3, 3, 4800)]
    assert verdict(judged(*story), 2) == "charged"

    judgement = judged(*story, elsewhere={CARD: [line(2, 4900, 4800)]})
    assert verdict(judgement, 2) == "void"
    assert judgement.bearings[FactKey("A", 2)].amount_fen == 0
    assert judgement.findings[FindingKey.of_fact("D12", FactKey("A", 2))].needs_person


def test_a_torn_debit_beside_a_line_in_a_wider_hole_is_charged_where_both_explain_it() -> None:
    story = [pour(1, 1, 5000), torn(2, 4900), pour(3, 4, 4500)]
    assert verdict(judged(*story), 2) == "open"
    judgement = judged(*story, elsewhere={CARD: [line(3, 4800, 4500)]})
    assert verdict(judgement, 2) == "charged"
    assert not judgement.overturned
