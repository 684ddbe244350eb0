"""Pages of water tickets: the customer's, the courier's, the desk's and finance's."""

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI

from tapline import orders, people
from tapline.orders import booklets
from tapline.people import Role
from tapline.uow import Database
from tests import world, world_tickets
from tests.api.browsing import Visitor, hidden, words_of
from tests.api.shoppers import Shopper
from tests.integration.payments.provider import FakeProvider, delivery
from tests.world import World
from tests.world_field import COURIER, SKU, Field
from tests.world_tickets import TEN


@pytest.fixture
def lan(field: Field, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    with estate_database.transaction() as uow:
        world_tickets.on_sale(uow)
    return Shopper(app, estate_database, provider)


def test_a_customer_buys_a_booklet_and_orders_with_a_touch(lan: Shopper) -> None:
    page = _buys(lan)
    assert "水票已到账" in lan.reads(page)
    assert "10 张" in lan.reads("/portal/booklets")

    order_id = _orders_with_tickets(lan, 2)

    assert "8 张" in lan.reads("/portal/water").replace("可用 8 张", "8 张")
    told = lan.reads(f"/portal/orders/{order_id}")
    assert "2 张水票" in told
    assert "已预留水票" in told


@pytest.mark.req("C53")
def test_each_ticket_used_names_its_order(lan: Shopper) -> None:
    _buys(lan)
    order_id = _orders_with_tickets(lan, 2)
    with lan.database.transaction() as uow:
        number = orders.get(uow, tenant_id="demo", order_id=order_id).number

    _delivered(lan, order_id, came=2)

    page = lan.get("/portal/booklets")
    assert number in words_of(page)
    assert f"/portal/orders/{order_id}" in page.text


def test_an_order_paid_with_tickets_is_dropped_and_they_are_free_again(lan: Shopper) -> None:
    _buys(lan)
    order_id = _orders_with_tickets(lan, 2, deposits=True)
    lan.pays(order_id)

    answer = lan.post(f"/portal/orders/{order_id}/cancel")
    lan.consequences()

    assert answer.status_code == 303
    assert _free(lan) == 10
    assert "¥60.00" in lan.reads("/portal/refunds")


def test_tickets_that_are_gone_meanwhile_are_told_and_nothing_is_ordered(lan: Shopper) -> None:
    _buys(lan)
    form = lan.wants(SKU, 9) | {"ticket_sku": SKU, "ticket_count": "9"}
    lan.post("/portal/water/orders", **form, request_key="1" * 32)

    answer = lan.post("/portal/water/orders", **form, request_key="2" * 32)

    assert answer.status_code == 422
    assert "可用的水票比刚才少了" in answer.text


def test_a_price_that_changed_meanwhile_is_shown_before_anybody_pays(lan: Shopper) -> None:
    key = hidden(lan.get("/portal/booklets"), "request_key")

    answer = lan.post("/portal/booklets", booklet=f"{TEN}:99", provider="wechat", request_key=key)

    assert answer.status_code == 409
    assert "¥180.00" in words_of(answer)


def test_unused_tickets_are_had_back_through_the_pages(lan: Shopper) -> None:
    _buys(lan)
    path = f"/portal/refunds/new?kind=ticket_unused&ticket={SKU}"
    assert path.replace("&", "&amp;") in lan.get("/portal/booklets").text
    quoted = lan.get(path)
    assert "¥180.00" in words_of(quoted)

    answer = lan.post(
        "/portal/refunds",
        kind="ticket_unused",
        reason="not_needed",
        ticket_sku=SKU,
        request_key=hidden(quoted, "request_key"),
    )
    lan.consequences()

    assert "¥180.00" in lan.reads(answer.headers["location"])
    assert _free(lan) == 0


def test_a_customer_who_counts_otherwise_and_his_courier_settle_it(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    _buys(lan)
    order_id = _orders_with_tickets(lan, 2)
    _delivered(lan, order_id, came=2)
    form = {"sku": SKU, "count": "1", "buckets_given": "0"}
    assert lan.post(f"/portal/orders/{order_id}/doubt", **form).status_code == 303
    lan.consequences()
    assert "请配送员核实" in lan.reads(f"/portal/orders/{order_id}")

    courier = visit(COURIER)
    assert "客户的数量不一致" in words_of(courier.get("/field"))
    answer = courier.post(f"/field/orders/{order_id}/answer", customer_is_right="true")
    lan.consequences()

    assert answer.status_code == 303
    assert _free(lan) == 9
    assert "已更正" in lan.reads(f"/portal/orders/{order_id}")


@pytest.mark.req("C53")
def test_finance_reads_what_is_outstanding_and_how_fast_stations_deliver(
    lan: Shopper, estate: World, visit: Callable[[str], Visitor]
) -> None:
    with lan.database.transaction() as uow:
        world.staff(uow, estate, "demo", "tickets.finance", "何清", Role.FINANCE)
    _buys(lan)
    _delivered(lan, _orders_with_tickets(lan, 2), came=2)

    finance = visit("tickets.finance")
    told = words_of(finance.get("/console/booklets"))

    with lan.database.transaction() as uow:
        (found,) = booklets.outstanding(uow, tenant_id="demo")
    assert f"¥{found.prepaid_fen / 100:,.2f}" in told
    assert "中南街道服务点" in told
    table = finance.get("/console/booklets/deliveries.xlsx")
    assert table.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert finance.post("/console/booklets", **_offer("NEW-5")).status_code == 403


def test_a_supervisor_changes_a_price_and_both_stay_on_record(
    lan: Shopper, estate: World, visit: Callable[[str], Visitor]
) -> None:
    with lan.database.transaction() as uow:
        world.staff(uow, estate, "demo", "tickets.super", "周燕", Role.SUPERVISOR)
    supervisor = visit("tickets.super")

    assert supervisor.post("/console/booklets", **_offer("NEW-5")).status_code == 303
    assert supervisor.post("/console/booklets", **_offer("NEW-5", "90")).status_code == 303
    refused = supervisor.post("/console/booklets", **_offer("NEW-5", "abc"))

    assert refused.status_code == 422
    told = words_of(supervisor.get("/console/booklets/NEW-5"))
    assert "¥95.00" in told
    assert "¥90.00" in told
    with lan.database.transaction() as uow:  # as others found it
        booklets.put(
            uow, tenant_id="demo", code="NEW-5", sku=SKU, tickets=5, price_fen=9000, on_sale=False
        )


def test_the_desk_sees_a_customers_tickets_and_cancels_an_order_for_them(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    _buys(lan)
    order_id = _orders_with_tickets(lan, 2)
    agent = visit("lin.xia")
    customer = f"/console/booklets/customers/{lan.customer.customer_id}"
    assert customer in agent.get(f"/console/orders/{order_id}").text

    answer = agent.post(f"/console/orders/{order_id}/cancel", reason="客户来电取消")
    lan.consequences()

    assert answer.status_code == 303
    assert "购买水票本" in words_of(agent.get(customer))
    assert _free(lan) == 10


def _offer(code: str, price: str = "95") -> dict[str, str]:
    return {"code": code, "sku": SKU, "tickets": "5", "price": price, "on_sale": "true"}


def _buys(lan: Shopper) -> str:
    """A booklet of ten, paid at the provider's; the page of the purchase."""
    page = lan.get("/portal/booklets")
    asked = lan.post(
        "/portal/booklets",
        booklet=f"{TEN}:1",
        provider="wechat",
        request_key=hidden(page, "request_key"),
    )
    cashier = asked.headers["location"]
    trade_no = lan.get(cashier).headers["refresh"].rpartition("/")[2]
    lan.provider.pays(trade_no)
    headers, body = delivery(f"N{trade_no}", {"trade": trade_no})
    lan.client.post("/api/v1/payments/notices/wechat/demo", content=body, headers=headers)
    lan.consequences()
    return cashier.removesuffix("/cashier")


def _orders_with_tickets(lan: Shopper, count: int, *, deposits: bool = False) -> UUID:
    """Through the pages; the buckets' deposits are paid before, unless they are to be paid now."""
    if not deposits:
        before = lan.orders(SKU, count)
        lan.pays(before)
        _delivered(lan, before, came=count)
    form = lan.wants(SKU, count) | {"use": SKU}
    checked = lan.post("/portal/water", **form)
    form |= {"ticket_sku": SKU, "ticket_count": hidden(checked, "ticket_count")}
    placed = lan.post("/portal/water/orders", **form, request_key=hidden(checked, "request_key"))
    lan.consequences()
    return UUID(placed.headers["location"].split("/")[3])


def _delivered(lan: Shopper, order_id: UUID, *, came: int) -> None:
    with lan.database.transaction() as uow:
        courier = next(
            one for one in people.staff_of(uow, tenant_id="demo") if one.login == COURIER
        )
        orders.deliver(
            uow, courier=courier, order_id=order_id, delivered={SKU: came}, buckets_returned=0
        )
    lan.consequences()


def _free(lan: Shopper) -> int:
    with lan.database.transaction() as uow:
        mine = booklets.in_hand(uow, tenant_id="demo", customer_id=lan.customer.customer_id)
    return sum(one.free for one in mine)
