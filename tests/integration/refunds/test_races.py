"""A customer and a courier in the same moment: one of them is first, and the other learns of it."""

from collections.abc import Iterator

import pytest

from tapline import clock, orders, refunds
from tapline.orders import Order, OrderState
from tapline.refunds import Reason, RefundKind, RefundState
from tapline.uow import Database, UnitOfWork
from tests.integration.orders.shop import MORNING, Shop
from tests.rivals import beside


@pytest.fixture
def shop(fresh_database: Database) -> Iterator[Shop]:
    with clock.frozen(MORNING):
        with fresh_database.transaction() as uow:
            shop = Shop(uow)
        yield shop


@pytest.fixture
def order(fresh_database: Database, shop: Shop) -> Order:
    with fresh_database.transaction() as uow:
        return shop.in_transaction(uow).bought()


def test_what_a_courier_has_just_set_out_with_no_machine_cancels(
    fresh_database: Database, shop: Shop, order: Order
) -> None:
    courier = shop.courier_of(order)

    failure = beside(
        fresh_database,
        lambda uow: orders.depart(uow, courier=courier, order_id=order.order_id),
        lambda uow: _cancels(uow, order),
    )

    assert failure is None
    with fresh_database.transaction() as uow:
        (refund,) = refunds.listed(uow, tenant_id="demo")
        assert refund.state is RefundState.REVIEW
        assert shop.in_transaction(uow).order(order).state is OrderState.OUT


def test_what_is_being_handed_over_is_not_given_back(
    fresh_database: Database, shop: Shop, order: Order
) -> None:
    failure = beside(
        fresh_database,
        lambda uow: shop.in_transaction(uow).delivers(order),
        lambda uow: _cancels(uow, order),
    )

    assert "delivered" in str(failure)
    with fresh_database.transaction() as uow:
        assert not refunds.listed(uow, tenant_id="demo")


def test_what_is_given_back_is_not_handed_over(
    fresh_database: Database, shop: Shop, order: Order
) -> None:
    failure = beside(
        fresh_database,
        lambda uow: _cancels(uow, order),
        lambda uow: shop.in_transaction(uow).delivers(order),
    )

    assert "cancelled" in str(failure)
    with fresh_database.transaction() as uow:
        assert shop.in_transaction(uow).order(order).state is OrderState.CANCELLED


def _cancels(uow: UnitOfWork, order: Order) -> None:
    """Ask for the money, after a look at the order, which is what pages do."""
    seen = orders.get(uow, tenant_id="demo", order_id=order.order_id)
    refunds.request(
        uow,
        tenant_id="demo",
        kind=RefundKind.ORDER_CANCEL,
        customer_id=seen.customer_id,
        order_id=seen.order_id,
        reason=Reason.NOT_NEEDED,
        actor=f"customer:{seen.customer_id}",
    )
