"""Water tickets: bought by the booklet, good for a barrel each, worth what was paid for them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import clock, orders, payments
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import InsufficientError, chart
from tapline.orders import OrderState, booklets
from tapline.orders.booklets import InHand, PurchaseState
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.kiosk import TEN, TEN_FEN, TWENTY, TWENTY_FEN, Kiosk
from tests.integration.orders.shop import DEPOSIT_FEN, MORNING, PRICE_FEN, PURE, SPRING
from tests.paying import money_arrives


@pytest.fixture
def kiosk(uow: UnitOfWork) -> Iterator[Kiosk]:
    with clock.frozen(MORNING):
        yield Kiosk(uow)


def test_a_booklet_is_its_buyers_once_the_money_has_arrived(kiosk: Kiosk) -> None:
    bought = kiosk.asks_for(TEN)
    assert (bought.state, kiosk.mine().count) == (PurchaseState.ASKED, 0)

    money_arrives(kiosk.uow, bought.subject)
    drain(kiosk.uow)
    drain(kiosk.uow)

    assert kiosk.purchase(bought).state is PurchaseState.ISSUED
    assert kiosk.mine() == InHand(SPRING, 10, 0, TEN_FEN)
    assert kiosk.balances()["psp:wechat"] == kiosk.prepaid_fen() == TEN_FEN
    assert kiosk.told() == [
        "您购买的 18.9L 矿泉水 电子水票 10 张已到账，订水时可直接抵用，长期有效；"
        "未使用的可在用户页面申请退回。"
    ]


def test_a_form_sent_twice_is_one_booklet_and_other_terms_are_shown_first(kiosk: Kiosk) -> None:
    first = kiosk.asks_for(TEN, key="k")
    assert kiosk.asks_for(TEN, key="k").purchase_id == first.purchase_id

    kiosk.offers(TEN, 10, TEN_FEN + 1000)

    with pytest.raises(ConflictError, match="not on sale like this"):
        booklets.ask(
            kiosk.uow,
            tenant_id="demo",
            customer_id=kiosk.customer.customer_id,
            code=TEN,
            version=1,
            provider="wechat",
            request_key="later",
        )
    money_arrives(kiosk.uow, first.subject)
    drain(kiosk.uow)
    assert kiosk.mine().free_fen == TEN_FEN


def test_every_price_of_a_booklet_stays_on_record(kiosk: Kiosk) -> None:
    kiosk.offers(TEN, 10, 19_000)
    kiosk.offers(TEN, 10, 19_000)

    known = booklets.versions(kiosk.uow, tenant_id="demo", code=TEN)

    assert [(one.version, one.price_fen) for one in known] == [(2, 19_000), (1, TEN_FEN)]
    with pytest.raises(InvalidError, match="its own code"):
        booklets.put(kiosk.uow, tenant_id="demo", code=TEN, sku=PURE, tickets=10, price_fen=10_000)


def test_a_booklet_that_nobody_paid_lapses_and_late_money_still_brings_it(kiosk: Kiosk) -> None:
    bought = kiosk.asks_for(TEN)
    with clock.frozen(MORNING + timedelta(hours=3)):
        booklets.lapse(kiosk.uow, tenant_id="demo")
        assert kiosk.purchase(bought).state is PurchaseState.LAPSED

        money_arrives(kiosk.uow, bought.subject)
        drain(kiosk.uow)

        assert kiosk.mine().free == 10


def test_an_order_paid_with_tickets_alone_is_a_couriers_at_once(kiosk: Kiosk) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet()

    order = kiosk.places({SPRING: 2}, tickets={SPRING: 2})

    assert (order.state, order.total_fen) == (OrderState.ASSIGNED, 0)
    assert payments.of_subject(kiosk.uow, tenant_id="demo", subject=order.subject) == []
    assert kiosk.mine() == InHand(SPRING, 8, 2, TEN_FEN - 3600)
    assert "已用 2 张水票下单" in kiosk.told()[-1]
    assert kiosk.steps(order) == ["placed", "tickets", "assigned"]


def test_a_delivery_uses_up_a_ticket_a_barrel_at_the_average_of_those_in_hand(
    kiosk: Kiosk,
) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet(TEN)
    kiosk.sells_booklet(TWENTY)
    order = kiosk.places({SPRING: 2}, tickets={SPRING: 2})

    kiosk.delivers(order, empties=2)
    kiosk.delivers(order, empties=2)

    worth_fen = (TEN_FEN + TWENTY_FEN) * 2 // 30
    assert kiosk.earned_fen() == worth_fen
    assert kiosk.mine() == InHand(SPRING, 28, 0, TEN_FEN + TWENTY_FEN - worth_fen)
    uses = booklets.history(
        kiosk.uow, tenant_id="demo", customer_id=kiosk.customer.customer_id, sku=SPRING
    )
    assert [(one.change, one.left, one.order_id) for one in uses] == [
        (-2, 28, order.order_id),
        (20, 30, None),
        (10, 10, None),
    ]


def test_the_last_ticket_takes_what_the_division_left(kiosk: Kiosk) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet(TWENTY)

    for count in (3, 3, 3, 3, 3, 3, 2):
        kiosk.delivers(kiosk.places({SPRING: count}, tickets={SPRING: count}), empties=count)

    assert kiosk.mine().count == kiosk.prepaid_fen() == 0
    assert kiosk.earned_fen() == TWENTY_FEN


def test_a_mixed_order_is_paid_for_first_and_what_is_missing_is_a_ticket(kiosk: Kiosk) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet()
    order = kiosk.places({SPRING: 3}, tickets={SPRING: 2})
    assert (order.state, order.total_fen) == (OrderState.PLACED, PRICE_FEN)
    order = kiosk.pays(order)

    kiosk.delivers(order, came={SPRING: 2}, empties=2)

    assert kiosk.earned_fen() == PRICE_FEN + 1800
    assert kiosk.mine() == InHand(SPRING, 9, 0, TEN_FEN - 1800)
    due = orders.refundable(kiosk.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (0, 0)
    assert kiosk.told()[-1].endswith(
        "少送 1 桶，水票 1 张已退回。如有疑问请致电配送站 0553-1234567。"
    )


def test_the_deposit_of_a_bucket_that_did_not_come_is_due_although_its_water_was_a_ticket(
    kiosk: Kiosk,
) -> None:
    kiosk.sells_booklet()
    order = kiosk.pays(kiosk.places({SPRING: 2}, tickets={SPRING: 2}))
    assert order.total_fen == 2 * DEPOSIT_FEN

    kiosk.delivers(order, came={SPRING: 1})

    due = orders.refundable(kiosk.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (0, DEPOSIT_FEN)
    kiosk.refunds(order)
    due = orders.refundable(kiosk.uow, tenant_id="demo", order_id=order.order_id)
    assert due.deposit_fen == 0
    assert kiosk.deposits().covered == 1


@pytest.mark.parametrize("how", ["cancelled", "unpaid"])
def test_an_order_that_does_not_come_sets_its_tickets_free(kiosk: Kiosk, how: str) -> None:
    kiosk.sells_booklet()
    order = kiosk.places({SPRING: 2}, tickets={SPRING: 1})
    assert kiosk.mine().reserved == 1

    if how == "unpaid":
        with clock.frozen(MORNING + timedelta(hours=3)):
            orders.sweep_unpaid(kiosk.uow, tenant_id="demo")
    else:
        kiosk.pays(order)
        for _ in range(2):
            orders.cancel(kiosk.uow, tenant_id="demo", order_id=order.order_id, reason="x")

    assert kiosk.mine() == InHand(SPRING, 10, 0, TEN_FEN)


def test_nobody_orders_with_tickets_that_he_has_not(kiosk: Kiosk) -> None:
    kiosk.sells_booklet()
    kiosk.places({SPRING: 9}, tickets={SPRING: 9})

    with pytest.raises(InsufficientError, match=r"has 1 .* available"):
        kiosk.places({SPRING: 2}, tickets={SPRING: 2})
    with pytest.raises(InsufficientError):
        kiosk.places({PURE: 1}, tickets={PURE: 1})


def test_tickets_brought_along_are_worth_what_they_would_cost(kiosk: Kiosk) -> None:
    def opens(count: int) -> int:
        return booklets.open_balance(
            kiosk.uow,
            tenant_id="demo",
            customer_id=kiosk.customer.customer_id,
            sku=SPRING,
            ticket_count=count,
            key="paper-0042",
        )

    assert opens(7) == 12_600
    kiosk.offers(TEN, 10, 25_000)
    assert opens(7) == 12_600
    with pytest.raises(ConflictError):
        opens(8)

    assert kiosk.mine() == InHand(SPRING, 7, 0, 12_600)
    assert kiosk.balances()["equity:opening"] == -12_600


def test_tickets_for_what_is_not_sold_are_not_opened(kiosk: Kiosk) -> None:
    with pytest.raises(NotFoundError, match="put it on offer first"):
        booklets.open_balance(
            kiosk.uow,
            tenant_id="demo",
            customer_id=kiosk.customer.customer_id,
            sku="NONE",
            ticket_count=1,
            key="k",
        )


def test_finance_sees_what_customers_still_have(kiosk: Kiosk) -> None:
    kiosk.covers_buckets()
    kiosk.sells_booklet()
    kiosk.delivers(kiosk.places({SPRING: 3}, tickets={SPRING: 3}), empties=3)

    (found,) = booklets.outstanding(kiosk.uow, tenant_id="demo")

    assert (found.sku, found.issued, found.used, found.tickets) == (SPRING, 10, 3, 7)
    assert found.prepaid_fen == kiosk.prepaid_fen() == TEN_FEN - 5400


def test_the_books_balance_in_tickets_too(kiosk: Kiosk) -> None:
    kiosk.sells_booklet()

    assert kiosk.balances()[chart.tickets_issued(SPRING).code] == 10
