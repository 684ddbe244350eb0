"""Several writers at once: some serial order, and never a fen too much."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import Database
from tests.rivals import beside

from .commands import CARD, command, post, split

WRITERS = 8


def test_holds_that_race_are_granted_as_far_as_the_money_goes(fresh_database: Database) -> None:
    """Two writers ask for each of 160 holds of 1 yuan against 100 yuan: for 100 keys one is
    granted and the other told so; for the remaining 60 there is nothing left, whoever asks."""
    hold = ledger.Hold(chart.card(CARD).principal, chart.REFUND_PAYABLE, 100)
    with fresh_database.transaction() as uow:
        post(uow, ledger.Credit(CARD, 10_000))

    def ask(writer: int) -> Counter[str]:
        keys = [f"refund:{key}" for key in range(40 * (writer % 4), 40 * (writer % 4) + 40)]
        random.Random(writer).shuffle(keys)
        return Counter(attempt(key) for key in keys)

    def attempt(key: str) -> str:
        try:
            with fresh_database.transaction() as uow:
                (answer,) = ledger.post(uow, tenant_id="demo", commands=[command(hold, key)])
        except ledger.InsufficientError:
            return "refused"
        return "replayed" if answer.replayed else "granted"

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes: Counter[str] = sum(pool.map(ask, range(WRITERS)), Counter())

    assert outcomes == {"granted": 100, "replayed": 100, "refused": 120}
    with fresh_database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no=CARD).held_fen == 10_000
        assert ledger.verify(uow, tenant_id="demo").ok


def test_one_hold_is_resolved_by_one_of_many(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        post(uow, ledger.Credit(CARD, 100))
        hold = ledger.Hold(chart.card(CARD).principal, chart.REFUND_PAYABLE, 100)
        ledger.post(uow, tenant_id="demo", commands=[command(hold, "refund:1")])

    def resolve(writer: int) -> str:
        resolution = ledger.Settle("refund:1") if writer % 2 else ledger.Void("refund:1")
        try:
            with fresh_database.transaction() as uow:
                post(uow, resolution)
        except ledger.HoldResolvedError:
            return "too late"
        return "resolved"

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = Counter(pool.map(resolve, range(WRITERS)))

    assert outcomes == {"resolved": 1, "too late": WRITERS - 1}
    with fresh_database.transaction() as uow:
        assert ledger.verify(uow, tenant_id="demo").ok


def test_batches_of_the_same_new_cards_post_every_pour(fresh_database: Database) -> None:
    """Accounts are locked in one order whatever order the batch names them in: no deadlock."""

    def pour(writer: int) -> None:
        cards = [str(card) for card in range(20)]
        random.Random(writer).shuffle(cards)
        with fresh_database.transaction() as uow:
            post(uow, *(ledger.Pour(card, 10) for card in cards))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(pour, range(WRITERS)))

    with fresh_database.transaction() as uow:
        cards = ledger.cards(uow, tenant_id="demo", card_nos=[str(card) for card in range(20)])
        assert {card.receivable_fen for card in cards.values()} == {10 * WRITERS}
        assert ledger.verify(uow, tenant_id="demo").ok


def test_a_credit_that_waited_for_a_cards_first_debt_pays_it(fresh_database: Database) -> None:
    """The receivable opens in the very transaction for which the credit waits."""
    with fresh_database.transaction() as uow:
        post(uow, ledger.Credit(CARD, 100))

    failure = beside(
        fresh_database,
        lambda uow: post(uow, ledger.Pour(CARD, 300)),
        lambda uow: post(uow, ledger.Credit(CARD, 500)),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        assert split(uow) == (300, 0, 0, 0)


def test_two_corrections_of_a_card_that_never_had_one_are_both_posted(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        post(uow, ledger.Credit(CARD, 1000), ledger.Pour(CARD, 900))

    failure = beside(
        fresh_database,
        lambda uow: post(uow, ledger.Correct(CARD, 300)),
        lambda uow: post(uow, ledger.Correct(CARD, 200)),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        assert sum(split(uow)) == 600
        assert ledger.verify(uow, tenant_id="demo").ok


def test_the_same_pour_delivered_to_many_writers_is_charged_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        post(uow, ledger.Credit(CARD, 1000))

    def deliver(_: int) -> bool:
        with fresh_database.transaction() as uow:
            asked = [command(ledger.Pour(CARD, 100), "dev:WD-1:1")]
            return ledger.post(uow, tenant_id="demo", commands=asked)[0].replayed

    with ThreadPoolExecutor(WRITERS) as pool:
        replayed = list(pool.map(deliver, range(WRITERS)))

    assert sorted(replayed) == [False] + [True] * (WRITERS - 1)
    with fresh_database.transaction() as uow:
        assert split(uow) == (900, 0, 0, 0)
