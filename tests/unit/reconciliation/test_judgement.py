"""The whole judgement, of worlds in which everything goes wrong."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tapline.cards.facts import FactIn, Payer
from tapline.policy import Policy
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.judgement import Declared, KnownCard, Leased
from tapline.reconciliation.rules import judge
from tests import factories
from tests.integration.reconciliation.histories import KNOWN, VOUCHER_FEN, History

FIRST = next(iter(KNOWN))
WORLDS = st.tuples(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 2**32))


def world(seed: int, size: int) -> list[Version]:
    history = History(Random(seed), "V")
    for _ in range(size):
        history.happen()
    return [version(fact) for fact in history.facts if fact.flaw is None]


def version(fact: FactIn) -> Version:
    """A fact as reconciliation reads it, `ml_req` aside: storing keeps the greatest."""
    assert fact.card_no is not None
    return Version(
        key=FactKey(fact.device_id, fact.seq),
        content_hash=fact.content_hash,
        op=fact.op,
        card_no=fact.card_no,
        atc=fact.atc,
        bal_before_fen=fact.bal_before_fen,
        amt_fen=fact.amt_fen,
        bal_after_fen=fact.bal_after_fen,
        ml=fact.ml,
        ml_req=None,
        pulses=fact.pulses,
        nozzle=fact.nozzle,
        status=fact.status,
        moment=fact.moment,
        received_at=factories.START,
        load_id=fact.load_id,
    )


def declared(days: int) -> Declared:
    return Declared(
        now=factories.START + timedelta(days=days),
        cards={card_no: KnownCard(opened_fen=fen) for card_no, fen in KNOWN.items()},
        vouchers={"V": Leased(FIRST, "A", VOUCHER_FEN)},
    )


@settings(max_examples=150, deadline=None)
@given(WORLDS, st.sampled_from([0, 1, 9]))
def test_it_does_not_depend_on_the_order_in_which_facts_are_given(
    told: tuple[int, int, int], days: int
) -> None:
    seed, size, order = told
    versions = list(set(world(seed, size)))
    shuffled = Random(order).sample(versions, k=len(versions))
    one, other = (judge(facts, declared(days), Policy()) for facts in (versions, shuffled))
    assert one == other


@settings(max_examples=150, deadline=None)
@given(WORLDS)
def test_no_fact_is_lost_and_no_card_pays_twice_for_one_count(told: tuple[int, int, int]) -> None:
    versions = world(*told[:2])
    judgement = judge(set(versions), declared(9), Policy())
    assert judgement.bearings.keys() == {one.key for one in versions}
    paid = [
        (one.card_no, one.atc)
        for key, one in judgement.standing.items()
        if judgement.bearings[key].payer is Payer.CARD and one.atc is not None and not one.is_torn
    ]
    assert len(paid) == len(set(paid))
    assert all(fen > 0 for fen in judgement.restores.values())
    assert all(0 < one.target_fen <= 900 for one in judgement.owed.values())
