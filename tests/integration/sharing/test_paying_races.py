"""Two who see the same debt to another operator end it once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tapline import clock, ledger
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.sharing import claims
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.sharing.between import OPERATOR

DEBT_FEN = 300


@pytest.fixture
def books(fresh_database: Database) -> Database:
    """Each owes the other the same."""
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.operator(uow, "far")
        due, owed = chart.issuer_due(OPERATOR), chart.interop_due_to(OPERATOR)
        for key, debit, credit in (("a", due, chart.WATER), ("b", chart.GOODWILL, owed)):
            command = ledger.Command(
                key=key,
                kind="test",
                event_at=clock.now(),
                movement=ledger.Transfer(debit, credit, DEBT_FEN),
                content=key,
            )
            ledger.post(uow, tenant_id="demo", commands=[command])
    return fresh_database


def at_once(books: Database, acts: list[Callable[[UnitOfWork], None]]) -> int:
    """How many of these, begun at the same moment, were refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[UnitOfWork], None]) -> bool:
        start.wait()
        try:
            with books.transaction() as uow:
                act(uow)
        except (ConflictError, InvalidError):
            return True
        return False

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(run, acts))


def test_two_who_set_off_the_same_debt_set_it_off_once(books: Database) -> None:
    def sets_off(uow: UnitOfWork) -> None:
        claims.set_off(uow, tenant_id="demo", issuer_id=OPERATOR, fen=DEBT_FEN, actor="cai.wu")

    assert at_once(books, [sets_off] * 6) == 5
    with books.transaction() as uow:
        assert claims.account(uow, tenant_id="demo", issuer_id=OPERATOR) == (0, 0)


def test_two_transfers_do_not_pay_more_than_is_owed(books: Database) -> None:
    def pays(reference: str) -> Callable[[UnitOfWork], None]:
        return lambda uow: claims.pay(
            uow,
            tenant_id="demo",
            issuer_id=OPERATOR,
            fen=DEBT_FEN,
            reference=reference,
            actor="cai.wu",
        )

    assert at_once(books, [pays(f"B-{number}") for number in range(6)]) == 5
    with books.transaction() as uow:
        assert claims.account(uow, tenant_id="demo", issuer_id=OPERATOR).owed_by_us_fen == 0
