"""Signing in as each kind of person, in the language and theme that he likes."""

import re

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from tapline.notices import Notice
from tapline.uow import Database
from tests import world
from tests.world import World
from tests.world_field import COURIER, TECHNICIAN

PEOPLE = (None, "customer", "wuye", "he.qing", COURIER, TECHNICIAN)
"""Who opens the pages: nobody, a customer, and logins."""


def sign_in_staff(page: Page, origin: str, login: str, password: str) -> None:
    """Through the form, as a person does."""
    page.goto(f"{origin}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button.primary")
    page.wait_for_url(re.compile(r"/(console|field|manager)"))


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
