"""Signing in as each kind of person, and the pages each of them has."""

import re
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from tapline import reports, tickets
from tapline.notices import Notice
from tapline.uow import Database
from tests import world
from tests.world import World


@dataclass(frozen=True, slots=True)
class Visit:
    """A page under a short name, and who opens it (a login, `customer`, or nobody)."""

    name: str
    path: str
    who: str | None = None


def pages(estate: World, database: Database) -> list[Visit]:
    """Every page of the product, once."""
    device = estate.devices[6]
    with database.transaction() as uow:
        ticket_id = tickets.listed(uow, tenant_id="demo")[0].ticket_id
        pours = reports.pours_of_card(uow, tenant_id="demo", card_no=estate.card_no)
    told = next(pour.fact for pour in reversed(pours) if pour.findings)
    pour_path = f"/portal/cards/{estate.card_no}/pours/{told.device_id}/{told.seq}"
    return [
        Visit("landing", "/"),
        Visit("sign-in", "/sign-in"),
        Visit("nothing", "/nowhere"),
        Visit("portal-sign-in", "/portal/sign-in"),
        Visit("portal-home", "/portal", "customer"),
        Visit("portal-card", f"/portal/cards/{estate.card_no}", "customer"),
        Visit("portal-pour", pour_path, "customer"),
        Visit("manager-today", "/manager", "wuye"),
        Visit("manager-sites", "/manager/sites", "wuye"),
        Visit("manager-site", f"/manager/sites/{estate.sites[0].site_id}", "wuye"),
        Visit("manager-device", f"/manager/machines/{device}", "wuye"),
        Visit("console-tickets", "/console", "he.qing"),
        Visit("console-ticket", f"/console/tickets/{ticket_id}", "he.qing"),
        Visit("console-refunds", "/console/refunds", "he.qing"),
        Visit("console-findings", "/console/findings", "he.qing"),
        Visit("console-search", "/console/search?q=8000", "he.qing"),
        Visit("console-card", f"/console/cards/{estate.card_no}", "he.qing"),
        Visit("console-machines", "/console/machines", "he.qing"),
        Visit("console-machine", f"/console/machines/{device}", "he.qing"),
        Visit("console-clearing", "/console/clearing", "he.qing"),
        Visit("console-ledger", "/console/ledger/verify", "he.qing"),
        Visit("console-dead-letters", "/console/dead-letters", "he.qing"),
        Visit("console-office", "/console/office", "he.qing"),
        Visit("account", "/account", "he.qing"),
        Visit("board", f"/board?token={estate.board_token}"),
    ]


def sign_in_staff(page: Page, origin: str, login: str, password: str) -> None:
    """Through the form, as a person does."""
    page.goto(f"{origin}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button.primary")
    page.wait_for_url(re.compile(r"/(console|manager)"))


def sign_in_customer(page: Page, origin: str, database: Database) -> None:
    """With the code that was queued for the phone."""
    page.goto(f"{origin}/portal/sign-in")
    if page.locator("#operator").count():
        page.select_option("#operator", "demo")
    page.fill("#phone", world.PHONE)
    page.click("main button.primary")
    page.fill("#code", newest_code(database))
    page.click("main button.primary")
    page.wait_for_url(re.compile(r"/portal($|/cards)"))


def newest_code(database: Database) -> str:
    """The six digits of the last code message."""
    with database.transaction() as uow:
        text = uow.session.scalars(
            select(Notice.text).where(Notice.secret).order_by(Notice.created_at.desc()).limit(1)
        ).one()
    found = re.search(r"\d{6}", text)
    assert found
    return found[0]


def enter(
    context: BrowserContext, origin: str, who: str | None, estate: World, database: Database
) -> None:
    """Sign the browser in as somebody."""
    if who is None:
        return
    page = context.new_page()
    if who == "customer":
        sign_in_customer(page, origin, database)
    else:
        sign_in_staff(page, origin, who, estate.passwords[who])
    page.close()


def dress(context: BrowserContext, origin: str, *, locale: str, theme: str) -> None:
    """Choose language and theme."""
    context.add_cookies(
        [
            {"name": "locale", "value": locale, "url": origin},
            {"name": "theme", "value": theme, "url": origin},
        ]
    )
