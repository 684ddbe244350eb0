"""What the desk sees of orders, of what is foreseen, and of whoever is out for a case."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tapline import clock, faults, files, people, tickets
from tapline.people import Role
from tapline.tickets import About, Source, Ticket, TicketState, work_orders
from tapline.uow import Database
from tests import world, world_desk
from tests.api.browsing import PICTURE, Visitor, words_of
from tests.world import World
from tests.world_field import TECHNICIAN, Field

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def case_id(estate: World, estate_database: Database) -> Iterator[UUID]:
    """A case of the test's own, with a photo; closed again afterwards."""
    with estate_database.transaction() as uow:
        photo = files.keep(
            uow, tenant_id="demo", name="leak.png", media_type="image/png", content=PICTURE
        )
        ticket = tickets.report(
            uow,
            tenant_id="demo",
            category="leak",
            about=About(source=Source.PORTAL, device_id=estate.devices[11]),
            actor="system",
            words="地上有水",
            file_ids=[photo.file_id],
        )
    yield ticket.ticket_id
    with estate_database.transaction() as uow:
        left = tickets.get(uow, tenant_id="demo", ticket_id=ticket.ticket_id)
        left.state = TicketState.CLOSED


def case(database: Database, ticket_id: UUID) -> Ticket:
    with database.transaction() as uow:
        return tickets.get(uow, tenant_id="demo", ticket_id=ticket_id)


def version(visitor: Visitor, path: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', visitor.get(path).text)
    assert found
    return found[1]


def test_late_orders_are_a_list_and_an_order_tells_all_that_happened(
    visit: Visit, field: Field
) -> None:
    visitor, order_id = visit("lin.xia"), field.orders["late"]

    late = visitor.get("/console/orders?show=late", **ENGLISH).text
    page = visitor.get(f"/console/orders/{order_id}", **ENGLISH)

    assert f"/console/orders/{order_id}" in late
    assert str(field.orders["delivered"]) not in late
    words = words_of(page)
    for said in ("late", "not there in the promised time", "given to a courier", "WeChat Pay"):
        assert said in words, said
    assert "3 幢 502" not in words
    assert "王秀英" not in words
    shown = visitor.post(f"/console/orders/{order_id}/reveal").text
    assert "3 幢 502" in shown
    assert "13800138000" in shown


@pytest.mark.req("C33", "C34")
def test_what_is_foreseen_says_why_in_units_and_who_says_so(visit: Visit, field: Field) -> None:
    visitor = visit("lin.xia")
    listed = visitor.get("/console/predictions", **ENGLISH).text
    path = re.search(r"/console/predictions/[0-9a-f-]{36}", listed)
    assert path

    words = words_of(visitor.get(path[0], **ENGLISH))

    for said in ("83 %", "148", "212", "209", "60.0 %", "kPa", "foresight 1"):
        assert said in words, said


def test_a_rules_word_has_no_percentage(
    visit: Visit, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        found = faults.raise_prediction(
            uow,
            tenant_id="demo",
            device_id=estate.devices[13],
            part=faults.Part.PUMP,
            probability_percent=None,
            residuals=[],
            day=clock.business_date(clock.now()),
            horizon_d=14,
            model="rule",
            features_hash="0" * 64,
        )
    assert found is not None

    page = words_of(visit("lin.xia").get(f"/console/predictions/{found.prediction_id}", **ENGLISH))

    assert "by rule" in page
    assert not re.search(r"\d %", page)


def test_a_model_shows_its_figures_beside_the_rule_and_only_administrators_let_it_speak(
    visit: Visit, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        world_desk.learnt(uow)
        world_desk.learnt(uow)
        newest = faults.models.listed(uow, tenant_id="demo")[0]
        world.staff(uow, estate, "demo", "guan.li", "管理", Role.ADMIN)
    lin, admin, path = visit("lin.xia"), visit("guan.li"), f"/console/models/{newest.version}"

    words = words_of(lin.get(path, **ENGLISH))
    for said in ("82.0 %", "51.0 %", "0.71", "An administrator decides which model speaks."):
        assert said in words, said
    assert lin.post(f"{path}/promote", reason="更好").status_code == 403
    assert admin.post(f"{path}/promote", reason="更好").status_code == 303
    with estate_database.transaction() as uow:
        champion = faults.models.champion(uow, tenant_id="demo")
        assert champion is not None
        assert champion.version == newest.version
    assert "更好" in lin.get(path).text

    admin.post("/console/models/rollback", reason="误报太多")
    with estate_database.transaction() as uow:
        champion = faults.models.champion(uow, tenant_id="demo")
    assert champion is not None
    assert champion.version < newest.version


@pytest.mark.req("C27", "H177")
def test_a_case_waits_for_its_customer_and_says_so(
    visit: Visit, case_id: UUID, estate_database: Database
) -> None:
    lin, path = visit("lin.xia"), f"/console/tickets/{case_id}"
    assert "answer in" in lin.get(path, **ENGLISH).text
    lin.post(f"{path}/take", version=version(lin, path))
    assert "solution in" in lin.get(path, **ENGLISH).text

    lin.post(f"{path}/pause", version=version(lin, path), reason="等用户回家")
    assert case(estate_database, case_id).paused_since is not None
    assert "waits for the customer" in lin.get(path, **ENGLISH).text

    lin.post(f"{path}/resume", version=version(lin, path), how="resume")
    assert case(estate_database, case_id).paused_since is None


def test_a_supervisor_gives_a_case_to_a_colleague_who_hands_it_back_with_why(
    visit: Visit, case_id: UUID, estate_database: Database
) -> None:
    lin, he, path = visit("lin.xia"), visit("he.qing"), f"/console/tickets/{case_id}"
    with estate_database.transaction() as uow:
        staff = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    to = {"staff_id": str(staff["lin.xia"].staff_id)}

    assert lin.post(f"{path}/assign", version=version(lin, path), **to).status_code == 403
    he.post(f"{path}/assign", version=version(he, path), **to)
    assert case(estate_database, case_id).owner_id == staff["lin.xia"].staff_id

    lin.post(f"{path}/hand-back", version=version(lin, path), reason="要先看设备")
    assert case(estate_database, case_id).owner_id is None
    assert "要先看设备" in he.get(path).text


@pytest.mark.req("C43", "H236")
def test_a_technician_is_sent_and_called_off_from_the_case(
    visit: Visit, field: Field, case_id: UUID, estate_database: Database
) -> None:
    lin, path = visit("lin.xia"), f"/console/tickets/{case_id}"
    with estate_database.transaction() as uow:
        staff = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    technician_id = str(staff[TECHNICIAN].staff_id)

    lin.post(f"{path}/dispatch", technician_id=technician_id, words="先关总阀")
    page = lin.get(path, **ENGLISH).text
    assert "先关总阀" in page
    assert "sent to the technician" in page
    with estate_database.transaction() as uow:
        (work,) = work_orders.of_ticket(uow, tenant_id="demo", ticket_id=case_id)

    lin.post(f"/console/work-orders/{work.work_order_id}/recall", reason="用户已关阀")
    assert "called off" in lin.get(path, **ENGLISH).text


def test_a_photo_is_shown_as_a_picture_and_nothing_else(visit: Visit, case_id: UUID) -> None:
    lin = visit("lin.xia")
    found = re.search(r"/console/files/[0-9a-f-]{36}", lin.get(f"/console/tickets/{case_id}").text)
    assert found

    photo = lin.get(found[0])

    assert photo.content == PICTURE
    assert photo.headers["content-type"] == "image/png"
    assert photo.headers["x-content-type-options"] == "nosniff"
