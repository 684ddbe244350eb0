"""How well a machine's word is known decides whether a machine may act on it."""

from datetime import timedelta

import pytest

from tapline.cards.proofs import Proof
from tapline.devices import Assurance
from tapline.reconciliation.findings.rules import FindingKey
from tests.unit.reconciliation.stories import CARD, judged, pour

FIRST, THIRD = pour(1, 1, 5000), pour(2, 3, 4600)
LONG_AFTER = THIRD.received_at + timedelta(hours=73)


@pytest.mark.parametrize("transport", [Assurance.TRANSPORT, Assurance.CLOUD])
@pytest.mark.parametrize("weak", [0, 1])
def test_a_purse_is_not_made_whole_on_the_word_of_a_machine_that_signs_nothing(
    transport: Assurance, weak: int
) -> None:
    sides = [FIRST, THIRD]
    sides[weak] = sides[weak]._replace(transport=transport)

    judgement = judged(*sides, now=LONG_AFTER)

    found = judgement.findings[FindingKey("D11", f"card:{CARD}:3")]
    assert (found.amount_fen, found.needs_person) == (300, True)
    assert not judgement.restores


def test_a_cards_own_proof_stands_whoever_brought_it() -> None:
    sides = [
        one._replace(transport=Assurance.CLOUD, proof=Proof.VERIFIED) for one in (FIRST, THIRD)
    ]

    assert len(judged(*sides, now=LONG_AFTER).restores) == 1
    assert sides[0].assurance is Assurance.CARD


def test_findings_are_the_same_however_weak_the_word() -> None:
    dry = pour(1, 1, 5000, ml=0, pulses=0)

    for transport in Assurance:
        judgement = judged(dry._replace(transport=transport), now=LONG_AFTER)
        assert judgement.owed[dry.key].target_fen == 100
