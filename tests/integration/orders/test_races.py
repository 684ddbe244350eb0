"""Impatient thumbs and repeated events: whatever comes at the same time happens once."""

from collections.abc import Callable

import pytest

from tapline import clock, orders, payments
from tapline.ledger import InsufficientError
from tapline.orders import Order, booklets
from tapline.payments import Payment
from tapline.uow import Database, UnitOfWork
from tapline_ops.transact import transact
from tests.integration.orders.kiosk import TEN, Kiosk
from tests.integration.orders.shop import MORNING, SPRING, Shop
from tests.paying import money_arrives
from tests.rivals import side_by_side

TIMES = 4


@pytest.fixture
def database(fresh_database: Database) -> Database:
    return fresh_database


def at_once(database: Database, work: Callable[[UnitOfWork], object]) -> list[BaseException]:
    """Do the same `TIMES` times in parallel transactions; what went wrong."""
    return side_by_side(*TIMES * [lambda: transact(database, lambda uow: (work(uow), None)[1])])


def test_one_form_sent_many_times_at_once_is_one_order(database: Database) -> None:
    with clock.frozen(MORNING):
        with database.transaction() as uow:
            shop = Shop(uow)

        failures = at_once(database, lambda uow: shop.in_transaction(uow).places(key="form"))

        assert failures == []
        with database.transaction() as uow:
            (order,) = orders.listed(uow, tenant_id="demo")
            assert len(payments.of_subject(uow, tenant_id="demo", subject=order.subject)) == 1


def test_an_event_and_a_delivery_handled_many_times_at_once_happen_once(
    database: Database,
) -> None:
    with clock.frozen(MORNING):
        with database.transaction() as uow:
            shop = Shop(uow)
            order = shop.places()
            money_arrives(uow, order.subject)

        assert at_once(database, lambda uow: _learns(shop.in_transaction(uow), order)) == []
        with database.transaction() as uow:
            assert shop.in_transaction(uow).steps(order) == ["placed", "paid", "assigned"]

        assert at_once(database, lambda uow: _delivers(shop.in_transaction(uow), order)) == []
        with database.transaction() as uow:
            balances = shop.in_transaction(uow).balances()
            assert shop.steps(order).count("delivered") == 1
    assert balances["rev:bottled"] == order.goods_fen


def test_the_last_tickets_are_spent_once_and_a_payment_brings_them_once(
    database: Database,
) -> None:
    with clock.frozen(MORNING):
        with database.transaction() as uow:
            kiosk = Kiosk(uow)
            bought = kiosk.asks_for(TEN)
            payment = money_arrives(uow, bought.subject)
        assert at_once(database, lambda uow: _issues(uow, payment)) == []

        forms = iter(range(TIMES))
        refused = at_once(
            database,
            lambda uow: kiosk.in_transaction(uow).places(
                {SPRING: 6}, tickets={SPRING: 6}, key=f"race-{next(forms)}"
            ),
        )

        assert [type(one) for one in refused] == [InsufficientError] * (TIMES - 1)
        with database.transaction() as uow:
            (mine,) = booklets.in_hand(
                uow, tenant_id="demo", customer_id=kiosk.customer.customer_id
            )
            assert (mine.free, mine.reserved) == (4, 6)


def _issues(uow: UnitOfWork, payment: Payment) -> None:
    booklets.on_paid(uow, tenant_id="demo", payment_id=payment.payment_id, subject=payment.subject)


def _learns(shop: Shop, order: Order) -> None:
    (payment,) = payments.of_subject(shop.uow, tenant_id="demo", subject=order.subject)
    shop.learns(order, payment)


def _delivers(shop: Shop, order: Order) -> None:
    shop.delivers(shop.order(order), empties=1)
