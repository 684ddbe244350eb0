"""The demonstration, watched live: a wrong pour puts itself right, a complaint, a barrel, a fault.

All in one file: starting the whole house once is slow enough. The payment provider, the telephone
exchange and the text messages are simulated, each behind its port in a process or file of its own;
everything else is real.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.house import CONSEQUENCE_S, House, sign_in_customer, sign_in_staff, until

pytestmark = pytest.mark.e2e

PATIENCE_MS = 1000 * CONSEQUENCE_S


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    yield page
    page.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    yield page
    page.close()


def reload_until(page: Page, words: str) -> None:
    """Look again and again, as people do."""

    def seen() -> bool | None:
        page.reload()
        return True if words in page.inner_text("body") else None

    until(seen)


def be_ready(page: Page, house: House, login: str) -> None:
    """Whoever is ready gets the work: the demonstration's own people leave it to him."""
    sign_in_staff(page, house, login)
    page.goto(f"{house.origin}/console/desk")
    page.click("button[name=presence][value=ready]")
    expect(page.locator(".work button[value=offline]")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.req("C1", "H235", "H386")
def test_a_customer_charged_without_water_is_told_repaid_and_the_machine_is_seen_to(
    house: House, browser: Browser
) -> None:
    def told() -> dict[str, Any] | None:
        return next((text for text in house.texts() if "没有出水" in text["text"]), None)

    text = until(told)
    assert "退还" in text["text"]

    phone = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    sign_in_customer(phone, house, text["phone"])
    phone.goto(f"{house.origin}/portal/cards/{house.card_of(text['phone'])}")
    expect(phone.locator("body")).to_contain_text("没有出水")

    def written() -> bool | None:
        phone.reload()
        return True if "写入您的卡" in phone.inner_text("body") else None

    until(written)

    manager = browser.new_page(locale="zh-CN")
    sign_in_staff(manager, house, "wuye")
    machine = manager.goto(f"{house.origin}/manager/machines/{house.stuck_device()}")
    assert machine is not None
    assert machine.ok
    expect(manager.locator("body")).to_contain_text("水阀打不开", timeout=1000 * CONSEQUENCE_S)

    agent = browser.new_page(locale="zh-CN")
    sign_in_staff(agent, house, "lin.xia")
    agent.goto(f"{house.origin}/console")
    case = agent.locator(f"a:has-text('设备 {house.stuck_device()} 扣费未出水')")
    expect(case).to_be_visible(timeout=1000 * CONSEQUENCE_S)
    case.click()
    expect(agent.locator("body")).to_contain_text("设备前后上报的记录")
    expect(agent.locator("body")).to_contain_text("由此产生的记账")
    agent.click("button:has-text('我来处理')")
    expect(agent.locator("body")).to_contain_text("林夏")


def test_a_card_is_given_back_in_the_portal_approved_at_the_desk_and_paid(
    house: House, phone: Page, desktop: Page
) -> None:
    number, card_no = house.holder(0)
    # Told twice, and delivered: what goes wrong at a provider is tested elsewhere.
    desktop.request.post(
        f"{house.cashier}/behaviour/earlier-4100{card_no}",
        form={"notify": "twice", "refunding": "after_a_while"},
    )

    be_ready(desktop, house, "he.qing")
    sign_in_customer(phone, house, number)
    phone.goto(f"{house.origin}/portal/cards/{card_no}")
    phone.click("a[href*='kind=card_close']")
    phone.check("input[name=reason][value=moved]")
    phone.click("main form[method=get] button.primary")
    phone.click("main form[method=post] button.primary")
    phone.wait_for_url(re.compile(r"/portal/refunds/[0-9a-f-]{36}"))
    refund_id = phone.url.rpartition("/")[2]

    desktop.goto(f"{house.origin}/console/refunds/{refund_id}")
    desktop.fill("input[name=reason]", "证据相符")
    desktop.click("button[name=approve][value=true]")
    desktop.click(".work button[value=offline]")

    reload_until(phone, "已全部到账")


def test_barrels_are_ordered_paid_at_the_cashier_and_confirmed_by_the_provider_alone(
    house: House, phone: Page
) -> None:
    sign_in_customer(phone, house, house.holder(0)[0])
    phone.goto(f"{house.origin}/portal/water")
    phone.locator("input[name=count]").first.fill("2")
    phone.fill("input[name=address]", "文二路 1 号 2 幢 301")
    phone.click("main form button.primary")
    phone.click("main form button.primary")
    phone.wait_for_url(f"{house.cashier}/**")
    phone.click("button[value=pay]")
    phone.wait_for_url(re.compile(r"/portal/orders/"))

    reload_until(phone, "配送员")


@pytest.mark.req("H235", "H386")
def test_a_fault_foreseen_reaches_the_technicians_phone_and_teaches_by_its_end(
    house: House, phone: Page
) -> None:
    sign_in_staff(phone, house, "shi.fu")

    def visit() -> str | None:
        phone.goto(f"{house.origin}/field")
        link = phone.locator("article a[href*='/field/work-orders/']").first
        return link.get_attribute("href") if link.count() else None

    work = f"{house.origin}{until(visit)}"
    phone.goto(work)
    expect(phone.locator("body")).to_contain_text("滤芯")
    for verb in ("accept", "start"):
        phone.click(f"form[action$='/{verb}'] button")
    phone.check("input[value=confirmed_part]")
    with phone.expect_navigation():  # sent in the background, then the page goes on by itself
        phone.click("form[action$='/finish'] button.primary")

    phone.goto(work)
    expect(phone.locator("body")).not_to_contain_text("到达现场后")
    expect(phone.locator("form[action$='/finish']")).to_have_count(0)
