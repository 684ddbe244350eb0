"""The estate in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tapline.uow import Database
from tests import (
    world,
    world_desk,
    world_field,
    world_outages,
    world_partners,
    world_rollouts,
    world_rounds,
    world_sharing,
    world_tickets,
    world_water,
)
from tests.conftest import Template
from tests.e2e import chromium
from tests.e2e.house import House, demonstration
from tests.world import World


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.chromium_path() is None:
        pytest.skip("chromium is not on the PATH: apt-get install chromium fonts-noto-cjk")
    with chromium.browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def estate_database(template: Template) -> Iterator[Database]:
    with template.cloned() as database:
        yield database


@pytest.fixture(scope="session")
def estate(estate_database: Database) -> World:
    estate = world.build(estate_database)
    world_desk.build(estate_database, estate, world_field.build(estate_database, estate))
    world_partners.build(estate_database, estate)
    with estate_database.transaction() as uow:
        world_tickets.bought(uow, estate)
        world_rounds.looked_after(uow, estate)
        world_rollouts.begun(uow, estate)
        world_outages.planned(uow, estate)
        world_water.treated(uow, estate)
        world_sharing.claimed(uow, estate)
    return estate


@pytest.fixture(scope="session")
def origin(estate: World, estate_database: Database) -> Iterator[str]:
    with chromium.served(estate_database) as origin:
        yield origin


class Watched:
    """What a context's pages did that no page of ours may do."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.foreign: list[str] = []
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _asked(self, url: str) -> None:
        if not url.startswith((self._origin, "data:")):
            self.foreign.append(url)

    def _said(self, kind: str, text: str) -> None:
        # A refused address is told as an error, too, and tests cause that on purpose.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)


@pytest.fixture
def watched(origin: str) -> Iterator[Watched]:
    """No page of any test asks another host or complains on the console."""
    watched = Watched(origin)
    yield watched
    assert watched.foreign == []
    assert watched.complaints == []


@pytest.fixture
def context(browser: Browser, watched: Watched) -> Iterator[BrowserContext]:
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}
    )
    watched.over(context)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def phone(browser: Browser, watched: Watched) -> Iterator[Page]:
    """A small phone without scripts, as some chat apps' pages are."""
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 360, "height": 740},
        java_script_enabled=False,
        has_touch=True,
    )
    watched.over(context)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One demonstration for all who watch one; it ends with them, and slows no other test."""
    with demonstration(tmp_path_factory.mktemp("demo")) as house:
        yield house
