"""What people do, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tapline import tickets
from tapline.tickets import About, Source
from tapline.uow import Database
from tests.e2e import entering
from tests.world import World

pytestmark = pytest.mark.e2e


def _report(database: Database, subject: str, words: str) -> str:
    """A case from the hotline; its number."""
    with database.transaction() as uow:
        ticket = tickets.report(
            uow,
            tenant_id="demo",
            category="other",
            subject=subject,
            about=About(source=Source.HOTLINE, facts={"words": words}),
            actor="system",
            words=words,
        )
    return ticket.number


def test_a_customer_follows_his_money_on_a_small_phone_without_scripts(
    phone: Page, origin: str, estate: World, estate_database: Database
) -> None:
    entering.sign_in_customer(phone, origin, estate_database)
    phone.click(".purse >> nth=0")
    expect(phone.locator(".purse .sum")).to_have_text("¥197.54")

    phone.click(".pours a:has-text('写入您的卡') >> nth=0")

    expect(phone.locator(".timeline > li")).to_have_count(5)
    expect(phone.locator(".timeline > li").last).to_contain_text("写入您的卡")


def test_a_customer_makes_the_text_large_and_it_stays_so(
    phone: Page, origin: str, estate: World
) -> None:
    phone.goto(f"{origin}/portal/sign-in")
    phone.click("button[value=large]")

    expect(phone.locator("html")).to_have_attribute("data-text", "large")
    phone.goto(origin)
    expect(phone.locator("html")).to_have_attribute("data-text", "large")


@pytest.mark.req("H203", "H208", "H313")
def test_an_agent_works_through_a_case_by_keys_alone(
    page: Page, origin: str, estate: World, estate_database: Database
) -> None:
    number = _report(estate_database, "test:keys", "出水慢，按键处理")
    entering.sign_in_staff(page, origin, "lin.xia", estate.passwords["lin.xia"])
    row = page.locator("[data-row]", has_text=number)
    expect(row).to_be_visible()

    for _ in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
        if row.get_attribute("aria-selected") == "true":
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("出水慢")

    page.keyboard.press("t")
    expect(page.locator(".timeline")).to_contain_text("受理")
    page.keyboard.press("c")
    page.keyboard.type("jk 已联系")
    page.locator("form:has(#body) button").click()
    expect(page.locator(".timeline")).to_contain_text("jk 已联系")
    page.keyboard.press("e")
    page.locator("form:has(#outcome) button").click()

    expect(page.locator(".toast")).to_contain_text(number)
    expect(row).to_have_count(0)
    page.locator(".toast button").click()
    expect(page.locator("h1")).to_contain_text("出水慢")


@pytest.mark.req("H203")
def test_a_new_case_appears_by_itself_and_the_selection_stays(
    page: Page, origin: str, estate: World, estate_database: Database
) -> None:
    with page.expect_response(re.compile("/live")):
        entering.sign_in_staff(page, origin, "lin.xia", estate.passwords["lin.xia"])
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("[aria-selected=true]")
    before = chosen.get_attribute("id")

    number = _report(estate_database, "test:live", "漏水")

    expect(page.locator("[data-row]", has_text=number)).to_be_visible(timeout=15_000)
    expect(chosen).to_have_attribute("id", str(before))


def test_what_was_typed_survives_a_reload(page: Page, origin: str, estate: World) -> None:
    entering.sign_in_staff(page, origin, "lin.xia", estate.passwords["lin.xia"])
    page.click("[data-row] .title >> nth=0")
    page.fill("#body", "写到一半")
    page.reload()

    expect(page.locator("#body")).to_have_value("写到一半")


def test_keys_are_explained_and_do_nothing_while_typing(
    page: Page, origin: str, estate: World
) -> None:
    entering.sign_in_staff(page, origin, "lin.xia", estate.passwords["lin.xia"])
    page.keyboard.press("/")
    page.keyboard.type("j?")
    expect(page.locator("[type=search]")).to_have_value("j?")
    expect(page.locator("#keys")).to_be_hidden()

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_property_manager_goes_from_what_needs_him_to_the_machines_readings(
    page: Page, origin: str, estate: World
) -> None:
    entering.sign_in_staff(page, origin, "wuye", estate.passwords["wuye"])
    page.click("text=水阀打不开")

    expect(page.locator("figure[data-chart] svg").first).to_be_visible()
    page.click("nav.tabs a >> nth=1")
    expect(page.locator("nav.tabs a[aria-current]")).to_have_text("周")


def test_the_ledger_is_proved_on_the_spot(page: Page, origin: str, estate: World) -> None:
    entering.sign_in_staff(page, origin, "he.qing", estate.passwords["he.qing"])
    page.goto(f"{origin}/console/ledger")
    page.click("text=立即全面核验")

    expect(page.locator("#proof")).to_contain_text("账目与记账时完全一致")


def test_the_board_says_so_when_its_data_is_old(page: Page, origin: str, estate: World) -> None:
    page.clock.install()
    page.goto(f"{origin}/board?token={estate.board_token}")
    expect(page.locator(".stale")).to_be_hidden()

    page.route("**/board/live*", lambda route: route.abort())
    page.clock.fast_forward(150_000)

    expect(page.locator(".stale")).to_be_visible()
    page.unroute("**/board/live*")
