"""Several workers at once: the books end where one worker would have left them."""

import threading

from tapline import ledger, reconciliation
from tapline.cards.facts import ingest
from tapline.uow import Database
from tests import factories

CARD = "88001234"
POURS = 12


def test_facts_and_judgements_that_race_leave_the_right_balance(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.device(uow, "A")
        factories.card(uow, CARD, 10_000)
    true = [
        factories.fact("A", n, CARD, atc=n, before_fen=10_100 - 100 * n) for n in range(1, POURS)
    ]
    false = [
        factories.fact("A", n, CARD, atc=n, before_fen=10_100 - 100 * n, amt_fen=900)
        for n in range(2, POURS - 1, 3)
    ]
    failures: list[BaseException] = []

    def work(numbers: slice) -> None:
        try:
            for fact in (*true[numbers], *false[numbers]):
                with fresh_database.transaction() as uow:
                    ingest(uow, tenant_id="demo", facts=[fact])
                with fresh_database.transaction() as uow:
                    reconciliation.reconcile_cards(uow, tenant_id="demo", cards=[CARD])
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(slice(start, None, 3),)) for start in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    with fresh_database.transaction() as uow:
        assert ledger.verify(uow).ok
        card = ledger.card(uow, tenant_id="demo", card_no=CARD)
        conflicts = reconciliation.listed(uow, tenant_id="demo", codes=["D05"])
        resting = [row for row in ledger.trial(uow, tenant_id="demo") if "suspense" in row.code]
    assert card.balance_fen == 10_000 - 100 * (POURS - 1)
    assert len(conflicts) == len(false)
    assert not any(row.balance for row in resting)
