"""Every page, in every dress: nothing spills over, nothing is out of reach."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tapline.uow import Database
from tests.e2e import entering, visits
from tests.e2e.conftest import Watched
from tests.e2e.visiting import Visit
from tests.world import World

pytestmark = pytest.mark.e2e

DRESSES = ((390, "zh_CN", "light"), (1440, "en", "dark"))
"""Between them every width, language and theme once: colours do not depend on words or widths."""


@pytest.fixture(scope="module")
def every_page(estate: World, estate_database: Database) -> list[Visit]:
    return visits.pages(estate, estate_database)


@pytest.fixture(params=DRESSES, ids=lambda dress: "-".join(map(str, dress)))
def rooms(
    request: pytest.FixtureRequest,
    browser: Browser,
    watched: Watched,
    origin: str,
    estate: World,
    estate_database: Database,
) -> Iterator[dict[str | None, BrowserContext]]:
    """A browser in this dress for each kind of person, signed in."""
    width, locale, theme = request.param
    rooms: dict[str | None, BrowserContext] = {}
    for who in entering.PEOPLE:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 800},
        )
        watched.over(context)
        entering.enter(context, origin, who, estate, estate_database)
        entering.dress(context, origin, locale=locale, theme=theme)
        rooms[who] = context
    yield rooms
    for context in rooms.values():
        context.close()


def test_no_page_spills_over_or_shuts_anybody_out(
    rooms: dict[str | None, BrowserContext],
    every_page: list[Visit],
    origin: str,
) -> None:
    flaws = []
    for visit in every_page:
        page = rooms[visit.who].new_page()
        page.goto(origin + visit.path)
        flaws += [f"{visit.name}: {flaw}" for flaw in _flaws(page)]
        page.close()

    assert "\n".join(flaws) == ""


def _flaws(page: Page) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield "wider than the screen"
    for violation in Axe().run(page).response["violations"]:
        nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        yield f"{violation['id']} ({violation['help']}): {nodes}"
