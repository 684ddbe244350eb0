"""Barrels that did not come, came short, and buckets that came back."""

import secrets
from collections.abc import Iterator

import pytest

from tapline import clock, orders, payments, refunds
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.orders import Order, OrderState
from tapline.payments import Payment, RefundOrder, RefundStatus
from tapline.refunds import Reason, Refund, RefundKind, RefundState
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.shop import DEPOSIT_FEN, MORNING, PURE, SPRING
from tests.integration.payments.provider import FakeProvider, delivery
from tests.integration.refunds.claims import Claims


@pytest.fixture
def shop(uow: UnitOfWork) -> Iterator[Claims]:
    with clock.frozen(MORNING):
        yield Claims(uow)


@pytest.mark.req("C17", "C18")
def test_an_order_nobody_set_out_with_is_given_back_at_once(shop: Claims) -> None:
    order = shop.bought()
    refund = shop.cancels(order)
    assert (refund.state, refund.automatic) == (RefundState.EXECUTING, True)
    assert shop.order(order).state is OrderState.CANCELLED
    assert shop.legs_fen(refund) == [order.total_fen]
    assert shop.unearned_fen(order) == 0
    assert shop.balances()[chart.REFUND_PAYABLE.code] == order.total_fen


def test_a_barrel_on_its_way_is_stopped_and_a_person_decides(shop: Claims) -> None:
    order = shop.bought()
    orders.depart(shop.uow, courier=shop.courier_of(order), order_id=order.order_id)
    refund = shop.cancels(order)
    assert refund.state is RefundState.REVIEW
    with pytest.raises(ConflictError, match="hand nothing over"):
        shop.delivers(order)
    shop.decides(refund)
    assert shop.order(order).state is OrderState.CANCELLED
    assert refund.state.value == "executing"


@pytest.mark.parametrize("approve", [True, False])
def test_barrels_that_tickets_pay_for_are_stopped_by_a_claim_on_their_deposits(
    shop: Claims, approve: bool
) -> None:
    shop.sells_booklet()
    order = shop.pays(shop.places({SPRING: 2}, tickets={SPRING: 2}))
    orders.depart(shop.uow, courier=shop.courier_of(order), order_id=order.order_id)
    refund = shop.cancels(order)
    assert (refund.state, refund.amount_fen) == (RefundState.REVIEW, 2 * DEPOSIT_FEN)
    with pytest.raises(ConflictError, match="hand nothing over"):
        shop.delivers(order)
    with pytest.raises(ConflictError, match="asked for already"):
        shop.cancels(order)

    shop.decides(refund, approve=approve)

    if approve:
        assert shop.order(order).state is OrderState.CANCELLED
        assert (shop.mine().count, shop.legs_fen(refund)) == (10, [2 * DEPOSIT_FEN])
    else:
        shop.delivers(order, empties=2)
        assert (shop.mine().count, refund.posted_fen) == (8, 0)


def test_rejected_the_courier_may_hand_it_over(shop: Claims) -> None:
    order = shop.bought()
    orders.depart(shop.uow, courier=shop.courier_of(order), order_id=order.order_id)
    refund = shop.cancels(order)
    shop.decides(refund, approve=False)
    shop.delivers(order)
    assert shop.unearned_fen(order) == 0
    assert (refund.state, refund.posted_fen) == (RefundState.REJECTED, 0)


def test_what_costs_more_than_a_machine_may_give_back_is_decided_by_a_person(shop: Claims) -> None:
    refund = shop.cancels(shop.bought({SPRING: 5}))
    assert (refund.amount_fen, refund.state) == (25_000, RefundState.REVIEW)


def test_a_barrel_that_was_missing_is_given_back_with_its_deposit(shop: Claims) -> None:
    order = shop.bought({SPRING: 3})
    shop.delivers(order, came={SPRING: 2})
    refund = shop.asks(RefundKind.ORDER_SHORT, order.order_id, Reason.CAME_SHORT)
    assert (refund.state, refund.amount_fen) == (RefundState.REVIEW, 2000 + 3000)
    shop.decides(refund)
    assert shop.legs_fen(refund) == [5000]
    assert shop.unearned_fen(order) == 0
    with pytest.raises(InvalidError, match="nothing to give back"):
        shop.asks(RefundKind.ORDER_SHORT, order.order_id, Reason.CAME_SHORT)


def test_a_delivered_order_cannot_be_cancelled(shop: Claims) -> None:
    order = shop.bought()
    shop.delivers(order)
    with pytest.raises(ConflictError, match="delivered"):
        shop.cancels(order)


def test_deposits_come_back_against_buckets(shop: Claims) -> None:
    shop.delivers(shop.bought())
    with pytest.raises(InvalidError, match="nothing to give back"):
        shop.asks(RefundKind.DEPOSIT_RETURN, None, Reason.BUCKETS_BACK)
    orders.take_back(
        shop.uow,
        tenant_id="demo",
        customer_id=shop.customer.customer_id,
        buckets=1,
        staff=shop.couriers[0],
        request_key="k",
    )
    refund = shop.asks(RefundKind.DEPOSIT_RETURN, None, Reason.BUCKETS_BACK)
    assert refund.amount_fen == 3000
    shop.decides(refund)
    assert shop.legs_fen(refund) == [3000]
    assert shop.deposits().deposit_fen == 3000


def test_money_for_an_order_that_is_gone_goes_back_though_nobody_asked(shop: Claims) -> None:
    order = shop.places()
    orders.cancel(shop.uow, tenant_id="demo", order_id=order.order_id, reason="too late")
    drain(shop.uow)
    assert not refunds.listed(shop.uow, tenant_id="demo")
    shop.pays(order)
    drain(shop.uow)
    refunds.on_order(shop.uow, tenant_id="demo", order_id=order.order_id)
    (refund,) = refunds.listed(shop.uow, tenant_id="demo", order_id=order.order_id)
    assert (refund.requested_by, refund.state) == ("system", RefundState.EXECUTING)
    assert refund.posted_fen == order.total_fen


def test_an_order_is_claimed_once_at_a_time(shop: Claims) -> None:
    order = shop.bought({SPRING: 5})
    shop.cancels(order)
    with pytest.raises(ConflictError, match="asked for already"):
        shop.cancels(order)


def test_money_that_comes_twice_for_an_order_that_is_gone_goes_back_twice(shop: Claims) -> None:
    order = shop.places()
    _gives_up_payment(shop, order)
    orders.begin_payment(shop.uow, tenant_id="demo", order_id=order.order_id)
    orders.cancel(shop.uow, tenant_id="demo", order_id=order.order_id, reason="too late")
    second, first = payments.of_subject(shop.uow, tenant_id="demo", subject=order.subject)
    for payment in (first, second):
        _arrives(shop, payment)
    with pytest.raises(ConflictError, match="under way"):
        shop.cancels(order)
    (refund,) = refunds.listed(shop.uow, tenant_id="demo", order_id=order.order_id)
    _pays_back(shop, refund)
    assert refund.state is RefundState.SETTLED

    claims = refunds.listed(shop.uow, tenant_id="demo", order_id=order.order_id)

    assert sum(claim.posted_fen for claim in claims) == 2 * order.total_fen
    assert shop.unearned_fen(order) == 0


@pytest.mark.parametrize("kind", [RefundKind.TXN_REVERSAL, RefundKind.DEPOSIT_RETURN])
def test_what_only_machines_ask_for_nobody_else_can(shop: Claims, kind: RefundKind) -> None:
    with pytest.raises(InvalidError):
        shop.asks(kind, None, Reason.AFTER_CLOSING)


def test_a_deposit_stays_while_an_exchange_order_counts_on_it(shop: Claims) -> None:
    shop.delivers(shop.bought({SPRING: 2}))
    exchange = shop.bought({SPRING: 2})
    assert exchange.deposit_fen == 0
    orders.take_back(
        shop.uow,
        tenant_id="demo",
        customer_id=shop.customer.customer_id,
        buckets=2,
        staff=shop.couriers[0],
        request_key="k",
    )
    with pytest.raises(InvalidError, match="nothing to give back"):
        shop.asks(RefundKind.DEPOSIT_RETURN, None, Reason.BUCKETS_BACK)
    shop.delivers(exchange)
    assert (shop.deposits().owed, shop.deposits().covered) == (0, 2)


def test_a_deposit_goes_back_to_the_payment_that_it_came_with(shop: Claims) -> None:
    old = shop.bought({SPRING: 1})
    shop.delivers(old)
    new = shop.bought({PURE: 3})  # its own payment is needed whole if it never comes
    orders.take_back(
        shop.uow,
        tenant_id="demo",
        customer_id=shop.customer.customer_id,
        buckets=1,
        staff=shop.couriers[0],
        request_key="k",
    )
    refund = shop.asks(RefundKind.DEPOSIT_RETURN, None, Reason.BUCKETS_BACK)
    shop.decides(refund)
    (leg,) = payments.payouts_of(shop.uow, tenant_id="demo", subject=refund.subject)
    assert leg.payment_id == old.payment_id != new.payment_id


def _gives_up_payment(shop: Claims, order: Order) -> None:
    """The provider says that nobody paid in time."""
    (payment,) = payments.of_subject(shop.uow, tenant_id="demo", subject=order.subject)
    provider = _till(payment)
    provider.close(out_trade_no=payment.out_trade_no)
    _tells(shop, provider, {"trade": payment.out_trade_no})


def _arrives(shop: Claims, payment: Payment) -> None:
    """The customer has paid after all, and workers handle it."""
    provider = _till(payment)
    provider.pays(payment.out_trade_no)
    _tells(shop, provider, {"trade": payment.out_trade_no})


def _pays_back(shop: Claims, refund: Refund) -> None:
    """The provider carries out every leg."""
    for leg in payments.payouts_of(shop.uow, tenant_id="demo", subject=refund.subject):
        assert leg.payment_id is not None
        provider = FakeProvider()
        provider.refund(
            RefundOrder(
                out_refund_no=leg.out_refund_no,
                provider_trade_no="T",
                amount_fen=leg.amount_fen,
                total_fen=leg.amount_fen,
                reason="",
            )
        )
        provider.decides(leg.out_refund_no, RefundStatus.SUCCEEDED)
        _tells(shop, provider, {"refund": leg.out_refund_no})


def _till(payment: Payment) -> FakeProvider:
    provider = FakeProvider()
    provider.pay(
        payments.Order(
            tenant_id="demo",
            out_trade_no=payment.out_trade_no,
            amount_fen=payment.amount_fen,
            title="桶装水",
            merchant="demo",
            return_url="https://water.example",
            expires_at=payment.expires_at,
        )
    )
    return provider


def _tells(shop: Claims, provider: FakeProvider, about: dict[str, object]) -> None:
    headers, body = delivery(secrets.token_hex(8), about)
    payments.take_notice(
        shop.uow,
        tenant_id="demo",
        provider="wechat",
        headers=headers,
        body=body,
        gateway=provider,
    )
    drain(shop.uow)
