"""A customer orders water to the door, pays, follows it, and says when it did not come."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI

from tapline import orders, people, tickets
from tapline.people import Staff
from tapline.tickets import EntryKind
from tapline.uow import Database, UnitOfWork
from tests.api.browsing import PICTURE, Visitor, hidden, words_of
from tests.api.shoppers import Shopper, id_in
from tests.integration.payments.provider import FakeProvider, Mood
from tests.world import OTHER_PHONE, PHONE
from tests.world_field import COURIER, SKU, SKU_ONE_WAY, Field


@pytest.fixture
def lan(field: Field, app: FastAPI, estate_database: Database, provider: FakeProvider) -> Shopper:
    return Shopper(app, estate_database, provider)


def _courier(uow: UnitOfWork) -> Staff:
    return next(one for one in people.staff_of(uow, tenant_id="demo") if one.login == COURIER)


def _delivered(lan: Shopper, order_id: UUID, **counts: int) -> None:
    """The courier hands over what he has."""
    with lan.database.transaction() as uow:
        courier = _courier(uow)
        orders.depart(uow, courier=courier, order_id=order_id)
        orders.deliver(
            uow,
            courier=courier,
            order_id=order_id,
            delivered={SKU: counts["came"]},
            buckets_returned=counts.get("empties", 0),
        )
    lan.consequences()


def test_the_whole_sum_is_shown_with_the_deposit_apart_before_anything_is_ordered(
    lan: Shopper,
) -> None:
    shown = words_of(lan.post("/portal/water", **lan.wants(SKU, 2)))

    for said in ("×2", "¥40.00", "桶押金", "¥60.00", "¥100.00", "中南花园 5 幢 301", "微信支付"):
        assert said in shown, said
    assert "B26" not in lan.get("/portal/water").text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"count": "0"}, "请至少选择一桶"),
        ({"count": "51"}, "超过五十桶"),
        ({"sku": "BEER"}, "已下架"),
        ({"address": "  "}, "请填写地址"),
        ({"district": "火星"}, "暂不配送"),
        ({"window": "2020-01-01.morning"}, "送达时间已过"),
        ({"window": "whenever"}, "送达时间已过"),
        ({"provider": "shells"}, "请选择付款方式"),
    ],
)
def test_what_cannot_be_ordered_is_said_and_nothing_typed_is_lost(
    lan: Shopper, changes: dict[str, str], told: str
) -> None:
    form = lan.wants(SKU, 2) | {"address": "海棠里 8 号"} | changes
    for path, extra in (("/portal/water", {}), ("/portal/water/orders", {"request_key": "c" * 32})):
        answer = lan.post(path, **form, **extra)

        assert answer.status_code == 422
        assert told in answer.text
        assert f'value="{form["address"].strip()}"' in answer.text


def test_an_order_is_paid_only_when_the_provider_says_so(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 2)
    cashier = lan.get(f"/portal/orders/{order_id}/cashier")
    assert cashier.headers["refresh"].startswith("0; url=https://cashier.example/")
    trade = lan.provider.orders[cashier.headers["refresh"].rpartition("/")[2]]
    assert trade.amount_fen == 10_000
    assert trade.return_url == f"http://testserver/portal/orders/{order_id}?back=1"

    back = lan.get(f"/portal/orders/{order_id}?back=1")
    assert "正在等待付款确认" in back.text
    assert back.headers["refresh"] == "4"

    lan.pays(order_id)
    paid = lan.get(f"/portal/orders/{order_id}?back=1")
    assert "refresh" not in paid.headers
    words = words_of(paid)
    assert "已收到您的付款" in words
    assert "李师傅" in words
    assert "0553-1234567" in words
    assert str(order_id) in lan.get("/portal").text


def test_the_order_form_sent_twice_is_one_order(lan: Shopper) -> None:
    form = lan.wants(SKU, 1) | {"request_key": "d" * 32}

    first, again = (lan.post("/portal/water/orders", **form) for _ in range(2))

    assert first.headers["location"] == again.headers["location"]


def test_a_deaf_cashier_is_told_and_the_order_can_be_paid_later(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 1)
    lan.provider.moods.append(Mood.DEAF)

    answer = lan.get(f"/portal/orders/{order_id}/cashier")
    told = lan.get(answer.headers["location"])

    assert "尚未付款" in told.text
    again = lan.post(f"/portal/orders/{order_id}/pay")
    assert again.headers["location"] == f"/portal/orders/{order_id}/cashier"
    lan.pays(order_id)
    assert "已收到您的付款" in lan.reads(f"/portal/orders/{order_id}")


def test_an_unpaid_order_is_dropped_without_ado(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 1)

    lan.post(f"/portal/orders/{order_id}/cancel")

    assert "已取消" in lan.reads(f"/portal/orders/{order_id}")
    assert lan.get(f"/portal/orders/{order_id}/cashier").status_code == 303


def test_the_next_order_is_filled_in_like_the_last(lan: Shopper) -> None:
    lan.orders(SKU_ONE_WAY, 3)

    page = lan.get("/portal/water").text

    assert 'value="中南花园 5 幢 301"' in page
    assert re.search(rf'value="{SKU_ONE_WAY}"><input[^>]* value="3"', page)
    assert re.search(rf'value="{SKU}"><input[^>]* value="0"', page)


@pytest.mark.req("C18")
def test_a_paid_order_is_cancelled_for_money_and_nobody_moves_it_meanwhile(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 2)
    lan.pays(order_id)
    page = lan.get(f"/portal/orders/{order_id}")
    assert f"kind=order_cancel&amp;order={order_id}" in page.text

    quoted = lan.get(f"/portal/refunds/new?kind=order_cancel&order={order_id}&reason=not_needed")
    assert "¥100.00" in quoted.text
    refund_id = id_in(
        lan.post(
            "/portal/refunds",
            kind="order_cancel",
            order_id=order_id,
            reason="not_needed",
            request_key=hidden(quoted, "request_key"),
        )
    )

    lan.consequences()
    assert "到微信支付" in lan.reads(f"/portal/refunds/{refund_id}")
    after = lan.get(f"/portal/orders/{order_id}")
    assert f"/portal/refunds/{refund_id}" in after.text
    assert "order_cancel" not in after.text
    window = lan.wants(SKU, 1)["window"]
    moved = lan.post(f"/portal/orders/{order_id}/reschedule", window=window)
    assert moved.status_code == 409


def test_another_time_is_agreed_until_the_courier_sets_out(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 1)
    lan.pays(order_id)
    page = lan.get(f"/portal/orders/{order_id}").text
    window = re.findall(r'<option value="([^"]+)"', page)[-1]

    lan.post(f"/portal/orders/{order_id}/reschedule", window=window)

    assert "已改约时间" in lan.reads(f"/portal/orders/{order_id}")
    with lan.database.transaction() as uow:
        order = orders.get(uow, tenant_id="demo", order_id=order_id)
        assert f"{order.window_day}.{order.window_part.value}" == window
        orders.depart(uow, courier=_courier(uow), order_id=order_id)
    late = lan.post(f"/portal/orders/{order_id}/reschedule", window=window)
    assert late.status_code == 409
    assert "正在送往您家" in late.text


def test_barrels_that_were_missing_by_the_couriers_count_are_paid_back(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 2)
    lan.pays(order_id)
    _delivered(lan, order_id, came=1)

    words = lan.reads(f"/portal/orders/{order_id}")
    assert "送到 1 桶，共订 2 桶" in words
    assert "¥50.00" in words  # one barrel's water, and the deposit of its bucket

    quoted = lan.get(f"/portal/refunds/new?kind=order_short&order={order_id}")
    assert "¥50.00" in quoted.text
    assert 'name="request_key"' in quoted.text  # there is one reason only: no question first


def test_the_deposit_comes_back_once_the_buckets_have(lan: Shopper) -> None:
    order_id = lan.orders(SKU, 2)
    lan.pays(order_id)
    _delivered(lan, order_id, came=2)
    assert "deposit_return" not in lan.get("/portal/water").text

    with lan.database.transaction() as uow:
        orders.take_back(
            uow,
            tenant_id="demo",
            customer_id=lan.customer.customer_id,
            buckets=2,
            staff=_courier(uow),
            request_key=str(order_id),
        )

    assert "¥60.00" in lan.reads("/portal/water")
    quoted = lan.get("/portal/refunds/new?kind=deposit_return")
    answer = lan.post(
        "/portal/refunds",
        kind="deposit_return",
        reason="buckets_back",
        request_key=hidden(quoted, "request_key"),
    )
    assert "¥60.00" in lan.reads(answer.headers["location"])


@pytest.mark.req("H123")
def test_it_did_not_come_is_one_case_with_photos_that_only_he_and_we_see(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    order_id = lan.orders(SKU, 1)
    lan.pays(order_id)
    path = f"/portal/orders/{order_id}/report"

    first = lan.send(path, [PICTURE, PICTURE + b"2"], category="order_undelivered", words="")
    again = lan.send(path, [], category="order_short", words="还是没有")

    ticket_id = id_in(first)
    assert id_in(again) == ticket_id
    page = lan.get(first.headers["location"])
    assert re.search(r"受理编号 T\d+", page.text)
    assert "水没有送到" in page.text
    photos = re.findall(r'img src="([^"]+)"', page.text)
    assert len(photos) == 2
    assert lan.get(photos[0]).headers["content-type"] == "image/png"
    assert {visit(who).get(photos[0]).status_code for who in (PHONE, OTHER_PHONE)} == {404}
    with lan.database.transaction() as uow:
        told = tickets.timeline(uow, tenant_id="demo", ticket_id=ticket_id)
        assert tickets.get(uow, tenant_id="demo", ticket_id=ticket_id).order_id == order_id
    assert [one.body for one in told if one.kind is EntryKind.COMMENT] == [
        "水没有送到",
        "还是没有",
    ]


@pytest.mark.parametrize("pictures", [[PICTURE] * 4, [b"MZ no picture"]])
def test_photos_that_are_too_many_or_none_are_refused_and_the_words_stay(
    lan: Shopper, pictures: list[bytes]
) -> None:
    order_id = lan.orders(SKU, 1)
    lan.pays(order_id)

    answer = lan.send(
        f"/portal/orders/{order_id}/report", pictures, category="other", words="桶是漏的"
    )

    assert answer.status_code == 422
    assert "最多三张" in answer.text
    assert ">桶是漏的</textarea>" in answer.text


def test_another_customers_order_does_not_exist(
    lan: Shopper, visit: Callable[[str], Visitor]
) -> None:
    order_id = lan.orders(SKU, 1)

    for stranger in (visit(PHONE), visit(OTHER_PHONE)):
        for page in ("", "/cashier"):
            assert stranger.get(f"/portal/orders/{order_id}{page}").status_code == 404
        for act in ("pay", "cancel", "reschedule", "report"):
            answer = stranger.post(
                f"/portal/orders/{order_id}/{act}",
                window="2026-11-22.morning",
                category="other",
                words="x",
            )
            assert answer.status_code == 404
    assert "等待付款" in lan.reads(f"/portal/orders/{order_id}")
