"""An order from the form to the door: promised once, paid once, carried by one."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tapline import clock, orders, payments, people
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.orders import DayPart, FailReason, OrderState, Window
from tests.integration.orders.shop import (
    AFTER,
    DEPOSIT_FEN,
    MORNING,
    ONE_WAY_FEN,
    PRICE_FEN,
    PURE,
    SPRING,
    TODAY,
    Shop,
)


def test_prices_and_deposits_are_those_of_the_day_it_was_placed(shop: Shop) -> None:
    order = shop.places({SPRING: 2, PURE: 1})
    shop.sells(SPRING, "18.9L 矿泉水", "Spring water", 9900, 9900)

    order = shop.order(order)

    assert order.goods_fen == 2 * PRICE_FEN + ONE_WAY_FEN
    assert order.deposit_fen == 2 * DEPOSIT_FEN
    assert [(line.sku, line.price_fen) for line in order.lines] == [
        (SPRING, PRICE_FEN),
        (PURE, ONE_WAY_FEN),
    ]
    assert order.number == "B2611210001"


def test_a_form_sent_twice_is_one_order_and_one_payment(shop: Shop) -> None:
    first, again = shop.places(key="same"), shop.places(key="same")

    assert again.order_id == first.order_id
    assert len(payments.of_subject(shop.uow, tenant_id="demo", subject=first.subject)) == 1
    assert len(orders.listed(shop.uow, tenant_id="demo")) == 1


@pytest.mark.req("C47", "H19")
def test_a_paid_order_goes_to_the_station_of_its_district_and_its_least_busy_courier(
    shop: Shop,
) -> None:
    first, second, third = shop.bought(), shop.bought(), shop.bought()

    li, wang = shop.couriers
    assert {first.station_id, second.station_id} == {shop.station.station_id}
    assert [one.courier_id for one in (first, second, third)] == [
        li.staff_id,
        wang.staff_id,
        li.staff_id,
    ]
    assert shop.steps(first) == ["placed", "paid", "assigned"]
    assert shop.balances() == {
        "psp:wechat": 3 * 10_000,
        chart.bucket_deposit(shop.customer.customer_id).code: 3 * 6000,
        **{chart.order_unearned(one.order_id).code: 4000 for one in (first, second, third)},
    }


def test_a_paid_order_waits_for_the_first_courier_of_its_station(shop: Shop) -> None:
    orders.create_station(
        shop.uow, tenant_id="demo", code="FC", name="繁昌", phone="1", districts=["繁昌区"]
    )
    order = shop.pays(shop.places(district="繁昌区"))
    assert order.state is OrderState.PAID

    courier, _ = people.create_staff(
        shop.uow, tenant_id="demo", login="zhao", name="赵师傅", role=people.Role.COURIER
    )
    orders.employ_courier(shop.uow, tenant_id="demo", station_id=order.station_id, courier=courier)
    orders.sweep_unassigned(shop.uow, tenant_id="demo")

    assert [task.order.order_id for task in orders.tasks_of(shop.uow, courier=courier)] == [
        order.order_id
    ]


def test_what_cannot_be_promised_is_refused_with_what_to_do(shop: Shop) -> None:
    over = Window(TODAY.day - timedelta(days=1), DayPart.MORNING)

    with pytest.raises(InvalidError, match="choose one of: 弋江区中南街道, 镜湖区滨江街道"):
        shop.places(district="火星")
    with pytest.raises(InvalidError, match="choose another"):
        shop.places(window=over)
    with pytest.raises(InvalidError, match="not on offer any more: GONE"):
        shop.places({"GONE": 1})
    with pytest.raises(InvalidError, match="call us for more"):
        shop.places({SPRING: 51})
    with pytest.raises(InvalidError, match="address"):
        shop.places(address="  ")
    assert list(orders.listed(shop.uow, tenant_id="demo")) == []


def test_a_delivery_earns_the_water_and_moves_the_buckets(shop: Shop) -> None:
    order = shop.bought({SPRING: 2, PURE: 1})
    orders.depart(shop.uow, courier=shop.courier_of(order), order_id=order.order_id)

    order = shop.delivers(order)

    customer = shop.customer.customer_id
    assert order.state is OrderState.DELIVERED
    assert shop.balances() == {
        "psp:wechat": 2 * PRICE_FEN + ONE_WAY_FEN + 2 * DEPOSIT_FEN,
        "rev:bottled": 2 * PRICE_FEN + ONE_WAY_FEN,
        chart.bucket_deposit(customer).code: 2 * DEPOSIT_FEN,
        chart.buckets_at(customer).code: 2,
        chart.BUCKETS_OUT.code: 2,
    }
    assert shop.steps(order) == ["placed", "paid", "assigned", "out", "delivered"]
    assert orders.tasks_of(shop.uow, courier=shop.courier_of(order)) == []


def test_a_delivery_told_twice_counts_once_and_told_otherwise_is_refused(shop: Shop) -> None:
    order = shop.bought()
    shop.delivers(order, empties=1)
    before = shop.balances()

    shop.delivers(order, empties=1)
    with pytest.raises(ConflictError, match="a supervisor puts that right"):
        shop.delivers(order, empties=2)

    assert shop.balances() == before
    assert shop.steps(order).count("delivered") == 1


def test_barrels_that_did_not_come_stay_the_customers_money_with_their_deposit(
    shop: Shop,
) -> None:
    order = shop.bought({SPRING: 3})

    shop.delivers(order, came={SPRING: 1})

    due = orders.refundable(shop.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (2 * PRICE_FEN, 2 * DEPOSIT_FEN)
    assert "少送 2 桶" in shop.told()[-1]
    shop.refunds(order)
    due = orders.refundable(shop.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (0, 0)
    assert shop.unearned_fen(order) == 0
    assert shop.deposits().covered == 1


def test_nothing_delivered_is_no_delivery(shop: Shop) -> None:
    order = shop.bought()

    for came in ({SPRING: 0}, {SPRING: 3}, {"OTHER": 1}):
        with pytest.raises(InvalidError):
            shop.delivers(order, came=came)

    assert shop.order(order).state is OrderState.ASSIGNED
    assert shop.unearned_fen(order) == 2 * PRICE_FEN


def test_a_courier_touches_his_own_orders_alone(shop: Shop) -> None:
    order = shop.bought()
    stranger = next(one for one in shop.couriers if one.staff_id != order.courier_id)

    for act in (orders.depart, orders.resume, orders.task):
        with pytest.raises(NotFoundError):
            act(shop.uow, courier=stranger, order_id=order.order_id)
    with pytest.raises(NotFoundError):
        orders.deliver(shop.uow, courier=stranger, order_id=order.order_id, buckets_returned=0)
    with pytest.raises(NotFoundError):
        orders.fail(shop.uow, courier=stranger, order_id=order.order_id, reason=FailReason.REFUSED)


def test_who_came_in_vain_says_why_and_may_try_again(shop: Shop) -> None:
    order = shop.bought()
    courier = shop.courier_of(order)
    orders.depart(shop.uow, courier=courier, order_id=order.order_id)

    with pytest.raises(InvalidError, match="few words"):
        orders.fail(shop.uow, courier=courier, order_id=order.order_id, reason=FailReason.OTHER)
    orders.fail(shop.uow, courier=courier, order_id=order.order_id, reason=FailReason.NOT_HOME)
    assert "家中无人" in shop.told()[-1]
    orders.resume(shop.uow, courier=courier, order_id=order.order_id)
    shop.delivers(order)

    assert shop.steps(order)[-3:] == ["failed", "resumed", "delivered"]
    assert shop.unearned_fen(order) == 0


def test_the_customer_is_told_at_each_step(shop: Shop) -> None:
    order = shop.bought()
    orders.depart(shop.uow, courier=shop.courier_of(order), order_id=order.order_id)
    with clock.frozen(AFTER):
        orders.sweep_late(shop.uow, tenant_id="demo")
        shop.delivers(order, empties=1)

    paid, out, late, delivered = shop.told()

    assert "18.9L 矿泉水 2 桶，11月21日下午（12:00–18:00）送达" in paid
    assert "正在路上" in out
    assert "未能在约定时间送达" in late
    assert "已送达 2 桶，收回空桶 1 个" in delivered
    assert all("0553-1234567" in text for text in (paid, out, late, delivered))


def test_a_broken_promise_is_marked_once_and_another_time_clears_it(shop: Shop) -> None:
    order = shop.bought()
    assert orders.sweep_late(shop.uow, tenant_id="demo") == []

    with clock.frozen(AFTER):
        assert [one.order_id for one in orders.sweep_late(shop.uow, tenant_id="demo")] == [
            order.order_id
        ]
        assert orders.sweep_late(shop.uow, tenant_id="demo") == []
        assert shop.order(order).late_since == TODAY.end
        assert orders.listed(shop.uow, tenant_id="demo", late=True) == [order]
        orders.reschedule(
            shop.uow,
            tenant_id="demo",
            order_id=order.order_id,
            window=orders.windows(clock.now())[1],
            by="customer:1",
        )
        assert shop.order(order).late_since is None
        assert "已改约" in shop.told()[-1]


def test_an_order_that_nobody_pays_is_cancelled_and_its_late_money_noted(shop: Shop) -> None:
    order = shop.places()
    with clock.frozen(MORNING + timedelta(hours=3)):
        orders.sweep_unpaid(shop.uow, tenant_id="demo")
        assert shop.order(order).state is OrderState.CANCELLED
        with pytest.raises(ConflictError, match="cancelled"):
            orders.begin_payment(shop.uow, tenant_id="demo", order_id=order.order_id)

        order = shop.pays(order)

    assert order.paid_after_cancel
    assert order.state is OrderState.CANCELLED
    due = orders.refundable(shop.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (4000, 6000)
    shop.refunds(order)
    assert shop.balances() == {}


def test_money_that_comes_twice_moves_the_order_once(shop: Shop) -> None:
    order = shop.bought()
    (payment,) = payments.of_subject(shop.uow, tenant_id="demo", subject=order.subject)

    shop.learns(order, payment)

    assert shop.steps(order) == ["placed", "paid", "assigned"]


def test_a_cancelled_order_is_on_nobodys_list_and_its_money_waits(shop: Shop) -> None:
    order = shop.bought()
    courier = shop.courier_of(order)

    orders.cancel(shop.uow, tenant_id="demo", order_id=order.order_id, reason="refund approved")

    assert orders.tasks_of(shop.uow, courier=courier) == []
    with pytest.raises(ConflictError, match="is cancelled"):
        shop.delivers(order)
    shop.refunds(order)
    assert shop.balances() == {}


def test_what_was_delivered_is_not_cancelled(shop: Shop) -> None:
    order = shop.bought()
    shop.delivers(order)

    with pytest.raises(ConflictError, match="is delivered"):
        orders.cancel(shop.uow, tenant_id="demo", order_id=order.order_id, reason="x")


def test_while_a_refund_is_decided_nothing_is_handed_over(shop: Shop) -> None:
    order = shop.bought()
    courier = shop.courier_of(order)
    shop.holds(order)

    (task,) = orders.tasks_of(shop.uow, courier=courier)

    assert task.stopped
    for act in (orders.depart, lambda *_, **__: shop.delivers(order)):
        with pytest.raises(ConflictError, match="ask the desk"):
            act(shop.uow, courier=courier, order_id=order.order_id)
    due = orders.refundable(shop.uow, tenant_id="demo", order_id=order.order_id)
    assert (due.goods_fen, due.deposit_fen) == (0, 0)


def test_money_for_something_else_is_left_alone(shop: Shop) -> None:
    found = orders.on_paid(shop.uow, tenant_id="demo", payment_id=uuid4(), subject="topup:1")

    assert found is None
