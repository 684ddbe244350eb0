"""A customer with a small phone without scripts: a card given back, water ordered."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tapline import cards, people
from tapline.cards import CardKind
from tapline.money import Fen
from tapline.uow import Database
from tapline_api import cookies
from tests.integration.payments.provider import PAGE
from tests.world import World

pytestmark = pytest.mark.e2e

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Lan:
    """A customer who is signed in, her card and her phone."""

    card_no: str
    page: Page


@pytest.fixture
def lan(browser: Browser, origin: str, estate: World, estate_database: Database) -> Iterator[Lan]:
    number = next(_numbers)
    card_no = f"6611{number:04d}"
    with estate_database.transaction() as uow:
        customer = people.create_customer(
            uow, tenant_id="demo", phone=f"1350000{number:04d}", name="陈小兰"
        )
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=card_no,
            kind=CardKind.ID,
            balance_fen=Fen(5000),
            customer_id=customer.customer_id,
        )
        token = people.open_for(uow, person=customer, address="127.0.0.1")
    # Not the watched phone of other tests: the way to the cashier leads to another host.
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 360, "height": 740},
        java_script_enabled=False,
        has_touch=True,
    )
    context.add_cookies([{"name": cookies.CUSTOMER, "value": token, "url": origin}])
    context.route(
        f"{PAGE}**",
        lambda route: route.fulfill(
            body="<h1>收银台</h1>", content_type="text/html; charset=utf-8"
        ),
    )
    yield Lan(card_no, context.new_page())
    context.close()


@pytest.mark.req("C17", "C18")
def test_a_card_is_given_back_in_three_steps(lan: Lan, origin: str) -> None:
    page = lan.page
    page.goto(f"{origin}/portal")
    page.click(".purse")
    page.get_by_role("link", name="退卡退款").click()

    page.get_by_label("我已搬走").check()
    page.get_by_role("button", name="看看能退多少").click()
    expect(page.locator(".amount")).to_have_text("¥50.00")
    page.get_by_role("button", name="申请退还 ¥50.00").click()

    expect(page).to_have_url(re.compile("/portal/refunds/[0-9a-f-]+$"))
    expect(page.locator(".timeline > li").first).to_contain_text("您提出了申请")
    page.reload()  # nothing is sent again
    page.goto(f"{origin}/portal/cards/{lan.card_no}")
    expect(page.locator("body")).to_contain_text("正在退卡")
    expect(page.get_by_role("link", name="退卡退款")).to_have_count(0)


def test_water_is_ordered_up_to_the_cashier(lan: Lan, origin: str) -> None:
    page = lan.page
    page.goto(f"{origin}/portal")
    page.locator("main").get_by_role("link", name="订桶装水").click()
    page.get_by_label(re.compile("18.9L")).fill("2")
    page.get_by_label("小区、楼栋、门牌号").fill("中南花园 5 幢 301")
    page.get_by_role("button", name="核对订单").click()
    expect(page.locator(".amount")).to_have_text("¥100.00")
    page.get_by_role("button", name="下单并付款").click()

    expect(page.get_by_role("heading", name="收银台")).to_be_visible()
    page.goto(f"{origin}/portal")
    page.click("a:has-text('等待付款')")
    expect(page.get_by_role("button", name="付款 ¥100.00")).to_be_visible()
