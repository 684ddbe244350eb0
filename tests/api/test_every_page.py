"""Every page, walked by those whose business it is: none breaks, each list opens for somebody."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tapline.people import Role
from tapline.uow import Database
from tests import world
from tests.api.browsing import Visitor
from tests.api.walking import ENDLESS, routes
from tests.world import World

BY_LINK = {
    "/board",
    "/board/live",
    "/console/ledger/account",
    "/console/ledger/account.xlsx",
    "/console/policy",
    "/console/refunds/new",
    "/portal/refunds/new",
}
"""Opened by a screen's key, or with what a query names; `policy` leads on to the newest."""


@pytest.fixture(scope="session")
def everybody(estate: World, estate_database: Database) -> list[str]:
    """A customer, and a colleague of each role."""
    with estate_database.transaction() as uow:
        for role in Role:
            own = estate.sites if role is Role.MANAGER else ()
            world.staff(uow, estate, "demo", f"every.{role.value}", "同事", role, own)
    return ["13800138000", *(f"every.{role.value}" for role in Role)]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_page_breaks_and_each_list_opens_for_somebody(
    app: FastAPI,
    estate_ids: dict[str, str],
    everybody: list[str],
    visit: Callable[[str], Visitor],
    language: str,
) -> None:
    pages = {
        template
        for method, template in routes(app)
        if method == "GET" and template not in ENDLESS and not template.startswith("/api/")
    }
    lists = {template for template in pages if "{" not in template} - BY_LINK
    opened, broken = set(), set()
    for who in everybody:
        client = visit(who).client
        client.headers["Accept-Language"] = language
        for template in sorted(pages):
            path = re.sub(r"{(\w+)}", lambda name: estate_ids[name[1]], template)
            status = client.get(path).status_code
            opened |= {template} if status == 200 else set()
            broken |= {template} if status >= 500 else set()

    assert broken == set()
    assert lists - opened == set()
