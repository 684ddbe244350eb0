"""The desk in a real browser: a call pops where it was offered, money is decided on evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tapline import people, refunds
from tapline.hotline import Outcome
from tapline.people import Role
from tapline.refunds import RefundKind
from tapline.uow import Database
from tests.e2e import chromium, entering
from tests.integration.hotline.hall import Hall, open_hall
from tests.world import World

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class CallCentre:
    """A hall on its own clock, and two agents with a page each."""

    hall: Hall
    lin: Page
    bai: Page


@pytest.fixture
def centre(fresh_database: Database, browser: Browser) -> Iterator[CallCentre]:
    with open_hall(fresh_database) as hall, chromium.served(fresh_database) as origin:
        pages = []
        for login in ("lin.xia", "bai.yu"):
            with fresh_database.transaction() as uow:
                member, password = people.create_staff(
                    uow, tenant_id="demo", login=login, name=login, role=Role.AGENT
                )
            hall.agents[login] = member
            page = browser.new_page(locale="zh-CN")
            entering.sign_in_staff(page, origin, login, password)
            pages.append(page)
        yield CallCentre(hall, *pages)
        for page in pages:
            page.close()


@pytest.mark.req("H16", "H17", "H208", "H313", "U14")
def test_a_call_pops_for_one_agent_by_itself_and_is_over_in_two_clicks(
    centre: CallCentre,
) -> None:
    hall, lin, bai = centre.hall, centre.lin, centre.bai
    lin.click("button[name=presence][value=ready]")
    expect(lin.locator(".presence .state")).to_contain_text("就绪")
    ref = hall.call(keys="3", talk_ms=5_000)
    hall.pass_time(2)

    answer = lin.locator("form[action*='/console/offers/call'] button")
    expect(answer.first).to_be_visible()
    bai.reload()
    expect(bai.locator(".presence")).to_be_visible()
    expect(bai.locator("form[action*='/console/offers/']")).to_have_count(0)

    lin.keyboard.press("a")
    lin.wait_for_url(re.compile(r"/console/calls/[0-9a-f-]{36}$"))
    hall.settle()
    hall.pass_time(6)
    lin.click("a[data-key=d]")
    lin.click("button[name=code][value=answered]")

    expect(lin.locator("#dispose .badge")).to_be_visible()
    hall.settle()
    assert hall.record(ref).outcome is Outcome.ANSWERED

    lin.click("a[href*='/console/why/call:']")
    expect(lin.locator("main")).to_contain_text("lin.xia")
    expect(lin.locator("main")).to_contain_text("空闲最久者优先")


def test_an_offer_vanishes_with_the_caller(centre: CallCentre) -> None:
    centre.lin.click("button[name=presence][value=ready]")
    expect(centre.lin.locator(".presence .state")).to_contain_text("就绪")
    centre.hall.call(patience_ms=4_000)
    centre.hall.pass_time(2)
    offer = centre.lin.locator("form[action*='/console/offers/']")
    expect(offer.first).to_be_visible()

    centre.hall.pass_time(5)

    expect(offer).to_have_count(0)


@pytest.mark.req("C18", "H391")
def test_a_refund_is_decided_beside_its_evidence(
    page: Page, origin: str, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        claim = next(
            one
            for one in refunds.listed(uow, tenant_id="demo")
            if one.kind is RefundKind.CARD_CLOSE and one.state.value == "review"
        )
    entering.sign_in_staff(page, origin, "he.qing", estate.passwords["he.qing"])
    page.goto(f"{origin}/console/refunds")
    page.click(f"a[href='/console/refunds/{claim.refund_id}'] >> nth=0")
    expect(page.locator("main")).to_contain_text("金额是怎么算的")

    page.fill("input[name=reason]", "证据相符")
    page.click("button[name=approve][value=true]")

    expect(page.locator(".timeline")).to_contain_text("证据相符")
    expect(page.locator("#legs")).to_contain_text("微信支付")
