"""Judgements while facts come in: the books end where they would have ended one by one."""

import threading

from tapline import ledger, reconciliation
from tapline.cards.facts import ingest
from tapline.uow import Database
from tests import factories
from tests.rivals import side_by_side

CARD = "88001234"
POURS = 12


def test_facts_and_judgements_that_race_leave_the_right_balance(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.device(uow, "A")
        factories.card(uow, CARD, 10_000)
    numbers = range(1, POURS)
    true = [factories.fact("A", n, CARD, atc=n, before_fen=10_100 - 100 * n) for n in numbers]
    false = [
        factories.fact("A", n, CARD, atc=n, before_fen=10_100 - 100 * n, amt_fen=900)
        for n in range(2, POURS - 1, 3)
    ]
    stored = threading.Event()

    def store() -> None:
        try:
            for fact in (*true[::2], *false, *true[1::2]):
                with fresh_database.transaction() as uow:
                    ingest(uow, tenant_id="demo", facts=[fact])
        finally:
            stored.set()

    def judge() -> None:
        done = False
        while not done:
            done = stored.is_set()  # read first: what was stored before it is judged once more
            with fresh_database.transaction() as uow:
                reconciliation.reconcile_cards(uow, tenant_id="demo", cards=[CARD])

    assert not side_by_side(store, judge, judge)
    with fresh_database.transaction() as uow:
        assert ledger.verify(uow).ok
        card = ledger.card(uow, tenant_id="demo", card_no=CARD)
        conflicts = reconciliation.listed(uow, tenant_id="demo", codes=["D05"])
        resting = [row for row in ledger.trial(uow, tenant_id="demo") if "suspense" in row.code]
    assert card.balance_fen == 10_000 - 100 * (POURS - 1)
    assert len(conflicts) == len(false)
    assert not any(row.balance for row in resting)
