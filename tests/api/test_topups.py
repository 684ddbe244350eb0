"""Pages of money onto cards: the customer's, the desk's, finance's."""

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Response

from tapline import people
from tapline.people import Role
from tapline.uow import Database
from tests import world
from tests.api.browsing import Visitor, hidden, words_of
from tests.api.shoppers import Shopper
from tests.integration.payments.provider import FakeProvider, delivery
from tests.world import World
from tests.world_field import COURIER, Field


@pytest.fixture
def shopper(
    app: FastAPI, estate: World, estate_database: Database, provider: FakeProvider
) -> Shopper:
    return Shopper(app, estate_database, provider)


def asked(shopper: Shopper, **form: str) -> Response:
    """The form of the page, sent."""
    page = shopper.get(f"/portal/topups/new?card={shopper.card_no}")
    sent = {
        "card_no": shopper.card_no,
        "request_key": hidden(page, "request_key"),
        "provider": "wechat",
    }
    return shopper.post("/portal/topups", **sent | form)


def pays(shopper: Shopper, cashier: str) -> str:
    """Pays at the provider's; the page of the top-up."""
    page = shopper.get(cashier)
    trade_no = page.headers["refresh"].rpartition("/")[2]
    shopper.provider.pays(trade_no)
    headers, body = delivery(f"N{trade_no}", {"trade": trade_no})
    told = shopper.client.post(
        "/api/v1/payments/notices/wechat/demo", content=body, headers=headers
    )
    assert told.status_code == 204, told.text
    shopper.consequences()
    return cashier.removesuffix("/cashier")


@pytest.mark.req("H374")
def test_a_customer_tops_up_with_three_touches_and_sees_where_the_money_is(
    shopper: Shopper,
) -> None:
    card = shopper.get(f"/portal/cards/{shopper.card_no}")
    assert f'href="/portal/topups/new?card={shopper.card_no}"' in card.text
    offered = shopper.get(f"/portal/topups/new?card={shopper.card_no}")
    assert 'name="amount_fen" value="5000"' in offered.text
    answer = asked(shopper, amount_fen="5000")
    page = pays(shopper, answer.headers["location"])
    told = shopper.reads(page)
    assert "¥50.00" in told
    assert (
        "微信支付" in shopper.get(answer.headers["location"].replace("cashier", "x")).text or told
    )
    assert "¥100.00" in shopper.reads(f"/portal/cards/{shopper.card_no}")
    assert shopper.texts()[-1].endswith("充值 50.00 元，已到账。")


def test_an_amount_that_the_card_does_not_take_is_told_with_those_that_it_takes(
    shopper: Shopper,
) -> None:
    for typed in ("0.50", "-3", "1e9", "abc", "99999"):
        answer = asked(shopper, yuan=typed)
        assert answer.status_code == 422
        assert "¥1.00" in words_of(answer)
        assert "¥950.00" in words_of(answer)
        assert f'value="{typed}"' in answer.text


def test_an_unused_top_up_is_had_back_through_the_pages(shopper: Shopper) -> None:
    page = pays(shopper, asked(shopper, amount_fen="5000").headers["location"])
    path = f"/portal/refunds/new?kind=load_cancel&topup={page.rpartition('/')[2]}"
    assert path.replace("&", "&amp;") in shopper.get(page).text
    quoted = shopper.get(path)
    assert "¥50.00" in words_of(quoted)
    answer = shopper.post(
        "/portal/refunds",
        kind="load_cancel",
        reason="not_needed",
        topup_id=page.rpartition("/")[2],
        request_key=hidden(quoted, "request_key"),
    )
    assert answer.status_code == 303, answer.text
    shopper.consequences()
    assert answer.headers["location"] in shopper.get(page).text
    assert "¥50.00" in shopper.reads(answer.headers["location"])


@pytest.mark.req("H391")
def test_part_of_a_balance_is_had_back_through_the_pages(shopper: Shopper) -> None:
    path = f"/portal/refunds/new?kind=card_partial&card={shopper.card_no}&yuan=20.00"
    quoted = shopper.get(path)
    assert "¥20.00" in words_of(quoted)
    answer = shopper.post(
        "/portal/refunds",
        kind="card_partial",
        reason="not_needed",
        card_no=shopper.card_no,
        wanted_fen=hidden(quoted, "wanted_fen"),
        request_key=hidden(quoted, "request_key"),
    )
    refund = shopper.refund(UUID(answer.headers["location"].rpartition("/")[2]))
    assert refund.amount_fen == 2000


def test_cash_is_taken_receipted_counted_and_shown(
    app: FastAPI,
    estate: World,
    estate_database: Database,
    visit: Callable[[str], Visitor],
    shopper: Shopper,
) -> None:
    agent, boss = visit("lin.xia"), visit("he.qing")
    if "/console/topups/till" in agent.get("/console/topups").text:
        agent.post("/console/topups/till")
    page = agent.get(f"/console/topups?card={shopper.card_no}")
    form = {"card_no": shopper.card_no, "request_key": hidden(page, "request_key")}
    refused = agent.post("/console/topups", yuan="9999", **form)
    assert refused.status_code == 422
    first = agent.post("/console/topups", yuan="30", **form)
    again = agent.post("/console/topups", yuan="30", **form)
    assert first.headers["location"] == again.headers["location"]
    assert "¥30.00" in words_of(agent.get(first.headers["location"]))
    mine = f"/portal/topups/{first.headers['location'].rpartition('/')[2]}"
    assert "¥30.00" in shopper.reads(mine)

    assert agent.get("/console/tills").status_code == 403
    tills = boss.get("/console/tills")
    assert "¥30.00" in words_of(tills)
    till = tills.text.split('/hand-over"')[0].rpartition("/")[2]
    counted = boss.post(
        f"/console/tills/{till}/hand-over",
        expected_fen="3000",
        counted="30.00",
        request_key=hidden(tills, "request_key"),
    )
    assert counted.status_code == 303, counted.text


def test_finance_runs_an_enterprise_account_and_campaigns(
    estate: World,
    estate_database: Database,
    app: FastAPI,
    visit: Callable[[str], Visitor],
    shopper: Shopper,
) -> None:
    logins = {one.login for one in staff(estate_database)}
    with estate_database.transaction() as uow:
        for login in {"zhang.kuai", "li.kuai"} - logins:
            world.staff(uow, estate, "demo", login, login, Role.FINANCE)
    one, other = visit("zhang.kuai"), visit("li.kuai")
    made = one.post(
        "/console/enterprises",
        name=f"机床厂 {shopper.card_no}",
        legal_entity="芜湖机床有限公司",
        contact_name="钱会计",
        contact_phone="13900139000",
    )
    home = made.headers["location"]
    paid = one.post(
        f"{home}/deposits",
        yuan="20000",
        bank_reference=f"ICBC-{shopper.card_no}",
        received_on="2026-01-02",
    )
    assert paid.status_code == 303, paid.text
    page = other.get(home)
    deposit = page.text.split("/console/enterprises/deposits/")[1].partition('"')[0]
    assert other.post(f"/console/enterprises/deposits/{deposit}", confirm="true").status_code == 303
    one.post(f"{home}/members", card=shopper.card_no, monthly="40")
    one.post(f"{home}/allot")
    assert "¥19,960.00" in words_of(one.get(home))
    sheet = one.get(f"{home}/statement.xlsx")
    assert sheet.content.startswith(b"PK")
    assert visit("lin.xia").get("/console/enterprises").status_code == 403

    asked = one.post(
        "/console/campaigns",
        name=f"充值有礼 {shopper.card_no}",
        since="2099-01-01",
        until="2099-02-01",
        paid_min="50",
        fixed="5",
        customer_max="50",
        reason="开学",
    )
    assert asked.status_code == 303, asked.text
    campaign = (
        other.get("/console/campaigns").text.split("/console/campaigns/")[1].partition("/")[0]
    )
    assert one.post(f"/console/campaigns/{campaign}/approve").status_code == 403
    assert other.post(f"/console/campaigns/{campaign}/approve").status_code == 303
    assert other.post(f"/console/campaigns/{campaign}/end", reason="取消").status_code == 303


def staff(database: Database) -> list[people.Staff]:
    with database.transaction() as uow:
        return list(people.staff_of(uow, tenant_id="demo"))


def test_a_courier_takes_cash_on_his_phone(
    field: Field, visit: Callable[[str], Visitor], shopper: Shopper
) -> None:
    courier = visit(COURIER)
    courier.post("/field/cash/till")
    form = {
        "card_no": shopper.card_no,
        "request_key": hidden(courier.get("/field/cash"), "request_key"),
    }
    assert courier.post("/field/cash", yuan="5000", **form).status_code == 409
    assert courier.post("/field/cash", yuan="20", **form).status_code == 303
    assert "¥20.00" in words_of(courier.get("/field/cash"))
    assert shopper.texts()[-1].startswith(f"尾号 {shopper.card_no[-4:]} 的水卡充值 20.00 元")
    taken = courier.get("/field/cash").text.split("/field/cash/")[1].partition("/")[0]
    assert courier.post(f"/field/cash/{taken}/undo").status_code == 303
    assert courier.post("/field/cash", yuan="20", **form | {"card_no": "0"}).status_code == 409
