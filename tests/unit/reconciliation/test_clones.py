"""D09: one card, two histories. The chain excludes what it can; nobody is billed for the rest."""

import itertools

from tapline.cards.facts import Payer
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Judgement
from tests.unit.reconciliation.stories import CARD, judged, pour

TRUNK = pour(1, 1, 5000)
MINE = [pour(2, 2, 4900), pour(3, 3, 4800), pour(4, 4, 4700)]
THEIRS = [pour(1, 2, 4900, device="B", amt_fen=300), pour(2, 3, 4600, device="B", amt_fen=300)]


def billed(judgement: Judgement) -> set[FactKey]:
    return {key for key, one in judgement.bearings.items() if one.payer is Payer.CARD}


def doubted(judgement: Judgement) -> dict[str, bool]:
    """subject -> whether the chain decided, of every D09."""
    return {
        key.subject: one.facts.get("decided", False)
        for key, one in judgement.findings.items()
        if key.code == "D09"
    }


def test_the_history_that_goes_on_is_the_holders() -> None:
    judgement = judged(TRUNK, *MINE, *THEIRS)
    assert billed(judgement) == {one.key for one in (TRUNK, *MINE)}
    assert doubted(judgement) == {f"card:{CARD}:2": True, f"card:{CARD}:3": True}
    assert judgement.blocks == {CARD: {"clone"}}


def test_where_both_go_on_alike_nobody_is_billed_for_either() -> None:
    judgement = judged(TRUNK, *MINE[:2], *THEIRS)
    assert billed(judgement) == {TRUNK.key}
    reasons = {judgement.bearings[one.key].reason for one in (*MINE[:2], *THEIRS)}
    assert reasons == {"clone"}
    found = judgement.findings[FindingKey("D09", f"card:{CARD}:2")]
    assert (found.amount_fen, found.needs_person) == (400, True)


def test_no_order_plays_a_part() -> None:
    facts: list[Version] = [TRUNK, *MINE, *THEIRS]
    outcomes = [judged(*order) for order in itertools.permutations(facts)]
    assert all(one.findings == outcomes[0].findings for one in outcomes)
    assert all(one.bearings == outcomes[0].bearings for one in outcomes)


def test_a_balance_that_changes_without_the_counter_is_doubtful_and_stays_billed() -> None:
    judgement = judged(TRUNK, pour(2, 2, 9900))
    found = judgement.findings[FindingKey("D09", f"card:{CARD}:2")]
    assert (found.amount_fen, found.needs_person) == (5000, True)
    assert judgement.blocks == {CARD: {"clone"}}
    assert len(billed(judgement)) == 2


def test_an_old_record_that_comes_late_is_no_rollback() -> None:
    judgement = judged(*MINE, TRUNK)
    assert not judgement.findings
    assert not judgement.blocks


def test_a_strangers_card_is_not_followed() -> None:
    twice = [pour(1, 1, 5000, card_no="7"), pour(1, 1, 5000, card_no="7", device="B")]
    assert {key.code for key in judged(*twice).findings} == {"D25"}
