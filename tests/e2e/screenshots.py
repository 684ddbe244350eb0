"""Pictures of every page, to look at: `python -m tests.e2e.screenshots --out DIR`.

Walks all pages on the seeded estate at 1440 and 390 pixels, Chinese and English, light and dark.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import make_url

from tapline.uow import Database
from tapline_ops.embedded.postgres import EmbeddedPostgres
from tests import (
    world,
    world_desk,
    world_field,
    world_outages,
    world_partners,
    world_rollouts,
    world_rounds,
    world_sharing,
    world_water,
)
from tests.conftest import Template
from tests.e2e import chromium, entering, visits
from tests.world import World

DRESSES = [(locale, theme) for locale in ("zh_CN", "en") for theme in ("light", "dark")]
WIDTHS = (1440, 390)


def main() -> None:
    """Start a database of its own, fill it, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tapline-pictures-"))
    folder.chmod(0o711)  # as root the server is another user, who must pass
    postgres = EmbeddedPostgres(folder / "postgres")
    try:
        postgres.start()
        template = Template(make_url(postgres.url))
        template.create()
        with template.cloned() as database, chromium.browser() as browser:
            estate = world.build(database)
            world_desk.build(database, estate, world_field.build(database, estate))
            world_partners.build(database, estate)
            with database.transaction() as uow:
                world_rounds.looked_after(uow, estate)
                world_rollouts.begun(uow, estate)
                world_outages.planned(uow, estate)
                world_water.treated(uow, estate)
                world_sharing.claimed(uow, estate)
            with chromium.served(database) as origin:
                for width in WIDTHS:
                    take(browser, origin, estate, database, width, out)
    finally:
        postgres.remove()
        shutil.rmtree(folder)


def take(
    browser: Browser, origin: str, estate: World, database: Database, width: int, out: Path
) -> None:
    """The pictures of one width."""
    contexts = {}
    for who in entering.PEOPLE:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
            device_scale_factor=1 if width > 600 else 2,
        )
        entering.enter(context, origin, who, estate, database)
        contexts[who] = context
    for visit in visits.pages(estate, database):
        for locale, theme in DRESSES:
            entering.dress(contexts[visit.who], origin, locale=locale, theme=theme)
            page = contexts[visit.who].new_page()
            if visit.name == "board":
                page.set_viewport_size({"width": 1920, "height": 1080})
            page.goto(origin + visit.path)
            name = f"{visit.name}-{width}-{locale}-{theme}.png"
            page.screenshot(path=out / name, full_page=visit.name != "board")
            page.close()


if __name__ == "__main__":
    main()
