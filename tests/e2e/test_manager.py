"""A property manager with a phone: trouble at a machine, in three taps."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tapline import tickets
from tapline.tickets import Source
from tapline.uow import Database
from tests.e2e import entering
from tests.world import World

pytestmark = pytest.mark.e2e


@pytest.fixture
def hand(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_three_taps_report_a_fault_and_the_morning_card_tells_of_it(
    hand: Page, origin: str, estate: World, estate_database: Database
) -> None:
    device_id = estate.devices[4]
    entering.sign_in_staff(hand, origin, "wuye", estate.passwords["wuye"])
    hand.goto(f"{origin}/manager/report")

    hand.locator(f"a[href='/manager/machines/{device_id}/report']").click()
    hand.get_by_role("radio", name="漏水").click()
    hand.get_by_role("button", name="提交").click()

    expect(hand.get_by_role("status").first).to_contain_text(re.compile(r"T\d{10}"))
    expect(hand.get_by_text("最迟修好")).to_be_visible()
    hand.goto(f"{origin}/manager")
    expect(hand.get_by_role("link", name=re.compile(f"{device_id} 漏水"))).to_be_visible()
    assert hand.evaluate("document.documentElement.scrollWidth") <= 390
    with estate_database.transaction() as uow:
        told = [one for one in tickets.listed(uow, tenant_id="demo") if one.device_id == device_id]
    assert [one.source for one in told if one.category == "leak"] == [Source.PROPERTY]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_estate_fits_the_screen_and_a_machine_is_one_touch_away(
    context: BrowserContext, origin: str, estate: World, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    entering.sign_in_staff(page, origin, "wuye", estate.passwords["wuye"])
    page.goto(f"{origin}/manager/sites/{estate.sites[0].site_id}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.locator("a.dev.bad").first.click()
    page.wait_for_url("**/manager/machines/**")
    page.keyboard.press("2")
    page.wait_for_url("**span=week**")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**last=**")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
