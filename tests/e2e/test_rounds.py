"""A technician in a cellar: no signal, and yet nothing is typed twice or counted twice."""

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tapline import clock, people
from tapline.rounds import plans
from tapline.rounds import visits as rounds
from tapline.rounds.plans import USUAL, RoundKind
from tapline.rounds.visits import RoundVisit
from tapline.uow import Database
from tests.api.browsing import PICTURE
from tests.e2e import entering
from tests.world import World
from tests.world_field import TECHNICIAN

pytestmark = pytest.mark.e2e


def begun(database: Database, device_id: str) -> RoundVisit:
    """A round of the test's own, at whose machine he stands."""
    with database.transaction() as uow:
        staff = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
        plans.create(
            uow,
            tenant_id="demo",
            name="地下室巡检",
            kind=RoundKind.INSPECTION,
            every_days=7,
            first_on=clock.business_date(clock.now()),
            items=USUAL[RoundKind.INSPECTION],
            actor="he.qing",
            device_ids=[device_id],
        )
        rounds.plan_due(uow, tenant_id="demo")
        due = rounds.at_machine(uow, tenant_id="demo", device_id=device_id)
        return rounds.open_at(
            uow,
            tenant_id="demo",
            visit_id=next(one.visit_id for one in due if one.state.is_open),
            technician=staff[TECHNICIAN],
            code=device_id,
        )


@pytest.mark.req("U37", "U38")
def test_a_round_filled_in_without_a_signal_is_kept_and_counts_once(
    context: BrowserContext, page: Page, origin: str, estate: World, estate_database: Database
) -> None:
    visit = begun(estate_database, estate.devices[7])
    page.set_viewport_size({"width": 390, "height": 844})
    entering.sign_in_staff(page, origin, TECHNICIAN, estate.passwords[TECHNICIAN])
    page.goto(f"{origin}/field/rounds/{visit.visit_id}")
    photo: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": PICTURE}
    for line in (1, 2, 4):
        page.locator(f"#answer-{line}").select_option("yes")
    page.locator("#answer-3").fill("12.5")
    page.locator("#answer-5").fill("21")
    page.locator("#photos").set_input_files([photo])

    context.set_offline(True)
    done = page.get_by_role("button", name="完成")
    done.click()
    expect(page.get_by_role("alert")).to_contain_text("没有信号")
    context.set_offline(False)
    page.reload()

    expect(page.locator("#answer-3")).to_have_value("12.5")
    expect(page.locator("#answer-4")).to_have_value("yes")
    page.locator("#photos").set_input_files([photo])
    done.dblclick()
    page.wait_for_url(re.compile(r"/field$"))
    with estate_database.transaction() as uow:
        entries = rounds.entries_of(uow, tenant_id="demo", visit_ids=[visit.visit_id])
    assert [one.answers for one in entries[visit.visit_id]] == [[True, True, 12.5, True, 21.0]]
