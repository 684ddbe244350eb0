"""A technician's day on the phone: the route, rounds begun at the label, machines that obey."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from tapline import clock, people
from tapline.devices import commands
from tapline.rounds import plans, visits
from tapline.rounds.plans import AnswerKind, Item, RoundKind
from tapline.uow import Database
from tests.api.browsing import Visitor
from tests.world import World
from tests.world_field import TECHNICIAN, Field

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(32))
Visit = Callable[[str], Visitor]


@pytest.fixture
def visit_id(estate: World, estate_database: Database, field: Field) -> UUID:
    """The technician's visit to machine 9 of the estate, by a plan of the test's own."""
    with estate_database.transaction() as uow:
        plans.create(
            uow,
            tenant_id="demo",
            name="测试巡检",
            kind=RoundKind.INSPECTION,
            every_days=7,
            first_on=clock.business_date(clock.now()),
            items=[Item("无漏水"), Item("TDS", AnswerKind.NUMBER, most=50, unit="mg/L")],
            actor="he.qing",
            device_ids=[estate.devices[9]],
        )
        visits.plan_due(uow, tenant_id="demo")
        due = visits.at_machine(uow, tenant_id="demo", device_id=estate.devices[9])
        visit = next(one for one in due if one.state.is_open)
        # The estate has other technicians too, by what ran before.
        staff = people.staff_of(uow, tenant_id="demo")
        visit.technician_id = next(one.staff_id for one in staff if one.login == TECHNICIAN)
        return visit.visit_id


def finish(visitor: Visitor, page: str, *answers: str, key: str) -> int:
    return visitor.client.post(
        f"{page}/finish",
        data={"csrf": visitor.csrf, "request_key": key, "answer": list(answers), "words": ""},
        files=[("photos", ("a.png", PNG, "image/png"))],
    ).status_code


@pytest.mark.req("C42", "H129", "U38")
def test_a_round_begins_at_its_label_and_what_it_finds_is_shown_to_the_property(
    visit: Visit, estate: World, visit_id: UUID
) -> None:
    visitor, page = visit(TECHNICIAN), f"/field/rounds/{visit_id}"
    assert "测试巡检" in visitor.get("/field").text
    wrong = visitor.post(f"{page}/open", code=f"https://x.example/portal/prove/{estate.devices[1]}")
    assert wrong.status_code == 409
    assert estate.devices[1] in wrong.text
    assert visitor.post(f"{page}/open", code=estate.devices[9]).status_code == 303

    key = uuid4().hex
    assert finish(visitor, page, "yes", "many", key=key) == 422
    assert [finish(visitor, page, "yes", "77", key=key) for _ in range(2)] == [303, 303]

    shown = visit("he.qing").get(f"/console/rounds/visits/{visit_id}").text
    photo = re.search(rf"/console/rounds/visits/{visit_id}/photos/[0-9a-f-]+", shown)
    assert photo is not None
    assert visit("he.qing").get(photo[0]).headers["content-type"] == "image/png"
    assert shown.count("77 mg/L") == 1
    table = visit("he.qing").get("/console/rounds/excel")
    assert table.content.startswith(b"PK")
    assert visitor.get(f"{page}/photos/{uuid4()}").status_code == 404


@pytest.mark.req("U37")
def test_whoever_is_not_let_in_takes_a_new_time(visit: Visit, visit_id: UUID) -> None:
    visitor, page = visit(TECHNICIAN), f"/field/rounds/{visit_id}"
    form = {"obstacle": "guard_refused", "request_key": uuid4().hex, "begins": "09:00"}

    past = visitor.post(f"{page}/postpone", **form, agreed_on="2020-01-01", ends="10:00")
    ahead = clock.business_date(clock.now()).isoformat()
    again = visitor.post(f"{page}/postpone", **form, agreed_on=ahead, ends="23:59")

    assert past.status_code == 422
    assert again.headers["location"] == "/field"
    assert "门卫不让进" in visitor.get(page).text


def test_the_order_of_the_day_is_his_to_change(visit: Visit, visit_id: UUID) -> None:
    visitor = visit(TECHNICIAN)

    def order() -> list[str]:
        return re.findall(r'article class="[^"]+" id="([^"]+)"', visitor.get("/field").text)

    first, second, *rest = order()
    visitor.post("/field/route/move", stop=first.replace("-", ":", 1), by="1")
    assert order() == [second, first, *rest]
    visitor.post("/field/route/reset")
    assert order() == [first, second, *rest]


@pytest.mark.req("U37")
def test_a_machine_tests_itself_at_a_touch_and_says_what_it_found(
    visit: Visit, estate: World, estate_database: Database, field: Field
) -> None:
    visitor, device_id = visit(TECHNICIAN), estate.devices[9]
    assert visitor.get(f"/field/machines?code={device_id}").headers["location"].endswith(device_id)
    assert visitor.get("/field/machines?code=NOWHERE").status_code == 404

    for _ in range(2):
        visitor.post(f"/field/machines/{device_id}/commands", op="selftest")
    assert visitor.post(f"/field/machines/{device_id}/commands", op="stop_sale").status_code == 403
    with estate_database.transaction() as uow:
        (command,) = commands.open_commands(uow, device_id=device_id, op="selftest")
        commands.answer(
            uow,
            device_id=device_id,
            command_id=command.command_id,
            state=commands.CommandState.DONE,
            rc=0,
            out={"valve": "stuck", "pump": "ok"},
        )

    told = visitor.get(f"/field/machines/{device_id}").text
    assert "不动作" in told
    assert visit("wuye").get(f"/field/machines/{device_id}").status_code == 403


@pytest.mark.req("U38")
def test_the_desk_changes_a_plan_on_its_page_which_says_who_did_so(
    visit: Visit, estate: World, estate_database: Database, visit_id: UUID
) -> None:
    desk = visit("he.qing")
    with estate_database.transaction() as uow:
        plan_id = visits.get(uow, tenant_id="demo", visit_id=visit_id).plan_id
    page = f"/console/rounds/plans/{plan_id}"
    assert f'href="{page}"' in desk.get("/console/rounds").text
    form = {
        "version": "1",
        "name": "每旬巡检",
        "every_days": "10",
        "photos_min": "2",
        "machine": estate.devices[9],
        "text": ["无漏水", "水箱已锁"],
        "answer": ["yes_no", "yes_no"],
        "least": ["", ""],
        "most": ["", ""],
        "unit": ["", ""],
        "photo": ["no", "yes"],
    }

    assert desk.post(page, **form | {"every_days": "0"}).status_code == 422
    assert desk.post(page, **form).headers["location"] == page

    shown = desk.get(page).text
    assert "每隔天数: <del>7</del> <ins>10</ins>" in shown
    assert "水箱已锁 (需拍照)" in shown
    english = desk.get(page, **{"accept-language": "en"}).text
    assert "changed a round" in english
    assert "Every so many days: <del>7</del> <ins>10</ins>" in english
    assert "水箱已锁 (photo)" in english
    assert '<span title="he.qing">何青</span>' in shown
    assert f'value="{estate.devices[9]}" selected' in shown
    assert "每旬巡检" in visit(TECHNICIAN).get(f"/field/rounds/{visit_id}").text
    late = visit("lin.xia").post(page, **form | {"name": "我的巡检", "every_days": "30"})
    assert late.status_code == 409
    assert "何青" in late.text.partition('<form class="cols"')[0], "he reads who was faster"
    assert 'value="我的巡检"' in late.text, "what he wrote is kept"
    assert 'name="version" value="2"' in late.text
    assert "每旬巡检" in visit(TECHNICIAN).get(f"/field/rounds/{visit_id}").text
    desk.post(f"{page}/pause")
    assert "已暂停" in desk.get("/console/rounds").text
    desk.post(f"{page}/resume")
    desk.post(f"{page}/end")
    assert desk.post(page, **form).status_code == 409
    assert visit(TECHNICIAN).get(page).status_code == 403
