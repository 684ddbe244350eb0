"""Facts on their way into the ledger: once each, never refused, released when stored."""

import pytest

from tapline import ledger
from tapline.cards import facts
from tapline.cards.facts import FactFlaw, FactIn, Verdict
from tapline.uow import Database, UnitOfWork
from tests.factories import card, device, fact, tenant
from tests.rivals import beside

CARD = "88001234"
DEVICE = "WD-0001"


@pytest.fixture
def world(uow: UnitOfWork) -> UnitOfWork:
    tenant(uow)
    device(uow, DEVICE)
    card(uow, CARD, 10_000)
    return uow


def take(uow: UnitOfWork, *batch: FactIn) -> facts.Released:
    return facts.ingest(uow, tenant_id="demo", facts=batch)


def balance_fen(uow: UnitOfWork) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen


def pours(first: int, last: int) -> list[FactIn]:
    return [
        fact(DEVICE, n, CARD, atc=n, before_fen=10_000 - 100 * (n - 1))
        for n in range(first, last + 1)
    ]


@pytest.mark.req("C2")
def test_a_batch_of_pours_is_posted_and_released_up_to_its_last(world: UnitOfWork) -> None:
    released = take(world, *pours(1, 5))

    assert released.verdicts == [Verdict.ACCEPTED] * 5
    assert released.upto == {DEVICE: 5}
    assert balance_fen(world) == 9_500


def test_the_same_facts_again_change_nothing(world: UnitOfWork) -> None:
    take(world, *pours(1, 5))

    again = take(world, *pours(1, 5))

    assert again.verdicts == [Verdict.DUP] * 5
    assert again.upto == {DEVICE: 5}
    assert balance_fen(world) == 9_500


def test_a_fact_twice_in_one_batch_is_posted_once(world: UnitOfWork) -> None:
    (one,) = pours(1, 1)

    assert take(world, one, one).verdicts == [Verdict.ACCEPTED, Verdict.DUP]
    assert balance_fen(world) == 9_900


def test_other_content_under_a_known_number_is_kept_and_not_posted(world: UnitOfWork) -> None:
    take(world, *pours(1, 3))

    other = take(world, fact(DEVICE, 3, CARD, atc=3, before_fen=9_800, amt_fen=900))

    assert other.verdicts == [Verdict.QUARANTINED]
    assert balance_fen(world) == 9_700


def test_facts_beyond_a_gap_wait_for_the_missing_one_and_then_are_released_with_it(
    world: UnitOfWork,
) -> None:
    one, two, three, four = pours(1, 4)

    assert take(world, one).upto == {DEVICE: 1}
    assert take(world, three, four).upto == {DEVICE: 1}
    assert take(world, two).upto == {DEVICE: 4}
    assert balance_fen(world) == 9_600


def test_a_pour_beyond_the_balance_is_a_fact_and_becomes_a_receivable(world: UnitOfWork) -> None:
    take(world, fact(DEVICE, 1, CARD, atc=1, before_fen=30_000, amt_fen=12_000))

    held = ledger.card(world, tenant_id="demo", card_no=CARD)
    assert (held.principal_fen, held.receivable_fen) == (0, 2_000)


def test_a_card_that_nobody_issued_rests_in_suspense_with_the_device(world: UnitOfWork) -> None:
    released = take(world, fact(DEVICE, 1, "99999999", atc=1, before_fen=500))

    assert released.verdicts == [Verdict.ACCEPTED]
    suspended = ledger.balances(world, tenant_id="demo", codes=[f"suspense:{DEVICE}"])
    assert suspended[f"suspense:{DEVICE}"].posted == 100


def test_a_torn_debit_is_released_and_charged_to_nobody_yet(world: UnitOfWork) -> None:
    torn = fact(DEVICE, 1, CARD, atc=1, before_fen=10_000, status="torn", bal_after_fen=None)

    assert take(world, torn).upto == {DEVICE: 1}
    assert balance_fen(world) == 10_000


def test_an_unreadable_fact_is_released_and_does_not_bar_the_readable_one(
    world: UnitOfWork,
) -> None:
    broken = FactIn(
        device_id=DEVICE,
        seq=1,
        content_hash=b"?" * 32,
        inbox_id=0,
        boot=1,
        flaw=FactFlaw.UNREADABLE,
    )

    assert take(world, broken).verdicts == [Verdict.QUARANTINED]
    assert take(world, *pours(1, 1)).verdicts == [Verdict.ACCEPTED]
    assert balance_fen(world) == 9_900


def test_the_same_facts_by_two_ways_at_once_are_stored_once_and_neither_fails(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        tenant(uow)
        device(uow, DEVICE)
        card(uow, CARD, 10_000)
    one, two, three = pours(1, 3)

    failure = beside(
        fresh_database,
        lambda uow: take(uow, one, three),
        lambda uow: take(uow, three, two),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        assert take(uow, one, two, three).verdicts == [Verdict.DUP] * 3
        assert balance_fen(uow) == 9_700
