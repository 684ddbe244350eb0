"""Two gateways, a judge and a refunder at once: what was said is stored and posted once."""

import threading
from collections.abc import Callable

import pytest

from tapline import clock, ledger, reconciliation
from tapline.uow import Database, UnitOfWork
from tapline_gateway.protocol import LoadAnswer
from tapline_ops.transact import transact
from tests.factories import START
from tests.gateway.stranger import pour
from tests.integration.wire.device import CARD, LEASE_OVER, Machine, machine, owe, purse, states


def together(database: Database, *works: Callable[[UnitOfWork], None]) -> None:
    """Each in a transaction of its own, at once, again where the database asks for it."""
    start, failures = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[UnitOfWork], None]) -> None:
        start.wait()
        try:
            transact(database, work)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.fixture
def store(fresh_database: Database) -> Database:
    with clock.frozen(START), fresh_database.transaction() as uow:
        machine(uow).hello(0, 0)
        owe(uow, 100)
    return fresh_database


def test_the_same_facts_at_two_gateways_are_posted_once(store: Database) -> None:
    def take(uow: UnitOfWork) -> None:
        Machine(uow).pours(*(pour(n, CARD, before=1_000 - 10 * n, amt=10) for n in range(1, 20)))

    def judge(uow: UnitOfWork) -> None:
        reconciliation.reconcile_cards(uow, tenant_id="demo", cards=[CARD])

    together(store, take, take, judge, judge)

    with store.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen == 1_100 - 190


def test_two_machines_that_ask_at_once_do_not_both_get_the_money(store: Database) -> None:
    answers: list[LoadAnswer] = []

    def ask(req: str) -> Callable[[UnitOfWork], None]:
        return lambda uow: answers.append(Machine(uow).tap(req))

    together(store, ask("r1"), ask("r2"), ask("r3"))

    assert sorted(answer.load is not None for answer in answers) == [False, False, True]


def test_a_write_and_a_hello_at_once_leave_the_money_on_the_card(store: Database) -> None:
    with clock.frozen(START):
        with store.transaction() as uow:
            load = Machine(uow).tap("r1").load
        clock.advance(LEASE_OVER)

        def write(uow: UnitOfWork) -> None:
            Machine(uow).pours(Machine(uow).written(1, load))

        def greet(uow: UnitOfWork) -> None:
            Machine(uow).hello(0, 0)

        together(store, write, greet)
    with store.transaction() as uow:
        assert purse(uow) == (1_100, 0, 0)
        assert states(uow) == ["written"]
