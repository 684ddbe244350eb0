"""D08, D10, D11: what a card's counter and balance say of records that are not here."""

from datetime import datetime, timedelta

import pytest

from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.judgement import Judgement, KnownCard, LostSpan, Place
from tests.unit.reconciliation.stories import CARD, START, judged, pour, torn

FIRST, THIRD = pour(1, 1, 5000), pour(2, 3, 4600)
"""Between them the counter leapt by one, and 3.00 yuan are gone."""
SEEN = THIRD.received_at
AT_ONCE = SEEN + timedelta(seconds=1)
SOON = SEEN + timedelta(hours=1)
LONG_AFTER = SEEN + timedelta(hours=73)


def said(judgement: Judgement, code: str, atc: int = 3) -> Found | None:
    return judgement.findings.get(FindingKey(code, f"card:{CARD}:{atc}"))


def needs_person(judgement: Judgement, code: str, atc: int = 3) -> bool:
    found = said(judgement, code, atc)
    assert found is not None
    return found.needs_person


@pytest.mark.parametrize(
    ("now", "codes"),
    [(AT_ONCE, set()), (SOON, {"D08"}), (LONG_AFTER, {"D08", "D11"})],
)
def test_a_hole_is_told_when_it_has_had_time_to_fill(now: datetime, codes: set[str]) -> None:
    judgement = judged(FIRST, THIRD, now=now)
    assert {key.code for key in judgement.findings} == codes


def test_a_card_with_a_hole_is_looked_at_again_when_its_window_runs_out() -> None:
    assert judged(FIRST, THIRD, now=AT_ONCE).again_at[CARD] == SEEN + timedelta(seconds=900)
    assert judged(FIRST, THIRD, now=SOON).again_at[CARD] == SEEN + timedelta(hours=72)
    assert not judged(FIRST, THIRD, now=LONG_AFTER).again_at


def test_what_never_came_is_written_back_to_the_purse() -> None:
    judgement = judged(FIRST, THIRD, now=LONG_AFTER)
    assert judgement.restores == {Place(CARD, 3): 300}
    assert not needs_person(judgement, "D11")
    assert not needs_person(judgement, "D08"), "the money says what the hole was"


def test_what_comes_after_all_heals_it() -> None:
    late = pour(1, 2, 4900, device="B", amt_fen=300)
    judgement = judged(FIRST, THIRD, late, now=LONG_AFTER)
    assert not judgement.findings
    assert not judgement.restores


def test_what_comes_in_part_leaves_the_rest() -> None:
    far = pour(2, 4, 4500)
    late = pour(1, 3, 4600, device="B")
    judgement = judged(FIRST, far, late, now=LONG_AFTER)
    assert judgement.restores == {Place(CARD, 3): 300}


def test_more_than_a_limit_waits_for_a_person() -> None:
    poor = pour(2, 3, 4900 - 5001, amt_fen=0)
    judgement = judged(FIRST, poor, now=LONG_AFTER, cards={CARD: KnownCard(opened_fen=5000)})
    assert needs_person(judgement, "D11")
    assert not judgement.restores


def test_the_second_time_waits_for_a_person() -> None:
    again = pour(3, 5, 4300)
    judgement = judged(FIRST, THIRD, again, now=LONG_AFTER + timedelta(hours=1))
    assert judgement.restores == {Place(CARD, 3): 300}
    assert needs_person(judgement, "D11", 5)


def test_nothing_is_written_to_a_card_that_is_not_in_use() -> None:
    frozen = {CARD: KnownCard(opened_fen=5000, active=False)}
    judgement = judged(FIRST, THIRD, now=LONG_AFTER, cards=frozen)
    assert not needs_person(judgement, "D11"), "its books are what its holder is paid by"
    assert not judgement.restores


def test_an_interrupted_charge_that_may_be_the_hole_is_for_a_person() -> None:
    judgement = judged(FIRST, torn(5, 4900, device="B"), THIRD, now=LONG_AFTER)
    assert needs_person(judgement, "D11")
    assert not judgement.restores


def test_an_interrupted_charge_that_fits_the_hole_explains_it() -> None:
    judgement = judged(FIRST, torn(5, 4900, device="B"), pour(2, 3, 4800), now=LONG_AFTER)
    assert {key.code for key in judgement.findings} == {"D12"}


def test_a_contradiction_at_the_position_is_no_hole() -> None:
    rivals = [pour(9, 2, 4900, device="B"), pour(9, 2, 4900, device="B", amt_fen=250)]
    judgement = judged(FIRST, *rivals, THIRD, now=LONG_AFTER)
    assert {key.code for key in judgement.findings} == {"D05"}


def test_more_on_the_card_than_the_chain_left_is_not_credited_and_stops_the_card() -> None:
    rich = pour(2, 3, 9000)
    judgement = judged(FIRST, rich, now=LONG_AFTER)
    found = said(judgement, "D10")
    assert found is not None
    assert (found.amount_fen, found.needs_person) == (4100, True)
    assert judgement.blocks == {CARD: {"overload"}}
    assert judged(FIRST, rich, now=SOON).blocks == {}, "the record of the load may be on its way"


def test_records_that_a_machine_lost_then_explain_a_hole() -> None:
    hole = [FIRST, pour(2, 3, 4900)]
    span = LostSpan(1, FIRST.moment, THIRD.moment)
    assert not needs_person(judged(*hole, now=LONG_AFTER, lost=[span]), "D08")
    elsewhere = LostSpan(1, START + timedelta(days=2), None)
    assert needs_person(judged(*hole, now=LONG_AFTER, lost=[elsewhere]), "D08")
    two = [FIRST, pour(2, 4, 4900)]
    assert needs_person(judged(*two, now=LONG_AFTER, lost=[span]), "D08", 4), "it lost only one"
    restored = judged(FIRST, THIRD, now=SOON, lost=[span]).restores
    assert not restored, "another machine may still have it: money waits for the window"


def test_a_hole_worth_nothing_is_for_a_person_when_nothing_explains_it() -> None:
    judgement = judged(FIRST, pour(2, 3, 4900), now=LONG_AFTER)
    assert needs_person(judgement, "D08")


def test_the_first_record_of_a_card_may_be_missing_too() -> None:
    judgement = judged(pour(1, 2, 4900), now=LONG_AFTER)
    assert judgement.restores == {Place(CARD, 2): 100}
