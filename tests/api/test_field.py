"""The phone pages: a courier's doors, a technician's machines, and nobody else's."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from tapline import files, ledger, orders, tickets
from tapline.audit.model import AuditEntry
from tapline.ledger import chart
from tapline.orders import OrderState
from tapline.tickets import Outcome, TicketState, work_orders
from tapline.uow import Database
from tests import world_field
from tests.api.browsing import Visitor
from tests.world import World
from tests.world_field import COURIER, OTHER_COURIER, SKU, SKU_ONE_WAY, TECHNICIAN, Field

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
Visit = Callable[[str], Visitor]


@pytest.fixture
def order_id(estate: World, estate_database: Database, field: Field) -> UUID:
    """An order of the test's own on the courier's list."""
    with estate_database.transaction() as uow:
        key = f"own-{len(orders.listed(uow, tenant_id='demo', limit=1000))}"
        return world_field.bought(uow, estate, f"{key} 11 幢 301", key=key).order_id


def order(database: Database, order_id: UUID) -> orders.Order:
    with database.transaction() as uow:
        return orders.get(uow, tenant_id="demo", order_id=order_id)


def counts(came: int, one_way: int = 1) -> dict[str, list[str]]:
    return {"sku": [SKU, SKU_ONE_WAY], "count": [str(came), str(one_way)]}


@pytest.mark.parametrize("login", [COURIER, TECHNICIAN])
def test_whoever_works_outside_is_led_to_the_phone_pages(
    visit: Visit, field: Field, login: str
) -> None:
    visitor = visit(login)

    assert visitor.get("/sign-in").headers["location"] == "/field"
    assert visitor.get("/sign-in?next=/console").headers["location"] == "/field"
    assert visitor.get("/console").status_code == 403
    assert visit("lin.xia").get("/field").status_code == 403


def test_a_courier_sees_his_doors_most_urgent_first_with_whom_to_call(
    visit: Visit, field: Field
) -> None:
    page = visit(COURIER).get("/field").text

    places = [page.index(place) for place in ("3 幢 502", "assigned 7 幢", "out 7 幢")]
    assert places == sorted(places)
    assert 'href="tel:13800138000"' in page
    assert "9 幢 101" not in page
    assert "王秀英" not in page
    assert page.index("failed 7 幢") < page.index("delivered 7 幢")
    assert len(re.findall(r'class="panel task late"', page)) == 1


def test_who_set_out_by_mistake_takes_it_back(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)

    left = visitor.post(f"/field/orders/{order_id}/depart")
    assert left.headers["location"] == f"/field?undo={order_id}"
    assert f'action="/field/orders/{order_id}/resume"' in visitor.get(left.headers["location"]).text
    visitor.post(f"/field/orders/{order_id}/resume")

    assert order(estate_database, order_id).state is OrderState.ASSIGNED
    assert "resume" not in visitor.get(left.headers["location"]).text


def test_barrels_at_the_door_are_counted_booked_and_photographed(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)

    answer = visitor.client.post(
        f"/field/orders/{order_id}/deliver",
        data={"csrf": visitor.csrf, "buckets_returned": "1", "words": "放在门口"} | counts(1),
        files={"photo": ("door.png", PNG, "image/png")},
    )

    assert answer.headers["location"] == "/field"
    with estate_database.transaction() as uow:
        code = chart.order_unearned(order_id).code
        (held,) = ledger.balances(uow, tenant_id="demo", codes=[code]).values()
        last = orders.timeline(uow, tenant_id="demo", order_id=order_id)[-1]
        assert last.file_id is not None
        assert files.read(uow, tenant_id="demo", file_id=last.file_id)[1] == PNG
    assert held.posted == 2000
    assert last.facts == {"delivered": 2, "buckets_returned": 1}
    assert "放在门口" in visitor.get(f"/field/orders/{order_id}").text


def test_a_delivery_without_photo_sent_twice_is_one(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)
    form = {"csrf": visitor.csrf, "buckets_returned": "0", "words": ""} | counts(2)

    answers = [
        visitor.client.post(
            f"/field/orders/{order_id}/deliver",
            data=form,
            files={"photo": ("", b"", "application/octet-stream")},
        ).status_code
        for _ in range(2)
    ]

    assert answers == [303, 303]
    with estate_database.transaction() as uow:
        steps = orders.timeline(uow, tenant_id="demo", order_id=order_id)
    assert [step.kind.value for step in steps].count("delivered") == 1


def test_what_is_no_photo_or_no_count_is_refused_and_changes_nothing(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)
    path = f"/field/orders/{order_id}/deliver"
    form = {"csrf": visitor.csrf, "buckets_returned": "0"}

    page = {"photo": ("x.png", b"<html>", "image/png")}
    fake = visitor.client.post(path, data=form | counts(2), files=page)
    nothing = visitor.post(path, buckets_returned="0", **counts(0, 0))
    too_many = visitor.post(path, buckets_returned="999", **counts(2))

    assert [fake.status_code, nothing.status_code, too_many.status_code] == [422, 422, 422]
    assert "没有任何改动" in nothing.text
    assert order(estate_database, order_id).state is OrderState.ASSIGNED


def test_who_came_in_vain_says_why_and_tries_again(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)

    unsaid = visitor.post(f"/field/orders/{order_id}/fail", reason="other", words="")
    visitor.post(f"/field/orders/{order_id}/fail", reason="no_access", words="门卫不让进")
    page = visitor.get(f"/field/orders/{order_id}").text
    visitor.post(f"/field/orders/{order_id}/resume")

    assert unsaid.status_code == 422
    assert "门卫不让进" in page
    assert order(estate_database, order_id).state is OrderState.ASSIGNED


def test_what_was_cancelled_meanwhile_is_not_handed_over(
    visit: Visit, estate_database: Database, order_id: UUID
) -> None:
    visitor = visit(COURIER)
    with estate_database.transaction() as uow:
        orders.cancel(uow, tenant_id="demo", order_id=order_id, reason="x")

    answer = visitor.post(f"/field/orders/{order_id}/deliver", buckets_returned="0", **counts(2))

    assert answer.status_code == 409
    assert "带回" in answer.text


@pytest.mark.req("C62")
def test_a_colleagues_tasks_do_not_exist(visit: Visit, field: Field) -> None:
    other, own = field.orders["other"], field.orders["assigned"]
    form = {"buckets_returned": "0", "reason": "refused"} | counts(2)

    for login, order_id in ((COURIER, other), (OTHER_COURIER, own), (TECHNICIAN, own)):
        visitor = visit(login)
        assert visitor.get(f"/field/orders/{order_id}").status_code == 404
        for act in ("depart", "resume", "deliver", "fail"):
            answer = visitor.post(f"/field/orders/{order_id}/{act}", **form)
            assert answer.status_code == 404, act
    work = f"/field/work-orders/{field.work_order_id}"
    assert visit(COURIER).get(work).status_code == 404
    assert visit(COURIER).post(f"{work}/accept").status_code == 404


def test_who_looked_at_a_customers_number_is_on_record(
    visit: Visit, estate: World, estate_database: Database, order_id: UUID
) -> None:
    visit(COURIER).get(f"/field/orders/{order_id}")

    with estate_database.transaction() as uow:
        seen = uow.session.scalars(
            select(AuditEntry).where(
                AuditEntry.actor == COURIER, AuditEntry.action == "customer.reveal"
            )
        ).all()
    assert {entry.subject for entry in seen} == {f"customer:{estate.customer_id}"}


@pytest.mark.req("H238", "H247")
def test_a_technician_goes_looks_and_says_what_it_was(
    visit: Visit, estate_database: Database, field: Field
) -> None:
    visitor, page = visit(TECHNICIAN), f"/field/work-orders/{field.work_order_id}"
    listed = visitor.get("/field").text
    shown = visitor.get(page).text
    assert str(field.work_order_id) in listed
    assert "83" in shown
    assert "148" in shown

    visitor.post(f"{page}/accept")
    early = visitor.post(f"{page}/finish", outcome="confirmed_part")
    visitor.post(f"{page}/start")
    done = visitor.client.post(
        f"{page}/finish",
        data={
            "csrf": visitor.csrf,
            "outcome": "confirmed_part",
            "part": ["prefilter", "pump"],
            "count": ["1", "0"],
            "words": "滤芯已堵死",
        },
        files=[("photos", ("a.png", PNG, "image/png"))],
    )

    assert early.status_code == 422
    assert done.headers["location"] == "/field"
    assert field.work_order_id is not None
    with estate_database.transaction() as uow:
        work = work_orders.get(uow, tenant_id="demo", work_order_id=field.work_order_id)
        ticket = tickets.get(uow, tenant_id="demo", ticket_id=work.ticket_id)
    assert (work.outcome, work.parts, work.report) == (
        Outcome.CONFIRMED_PART,
        {"prefilter": 1},
        "滤芯已堵死",
    )
    assert len(work.file_ids) == 1
    assert ticket.state is TicketState.CLOSED
    assert str(field.work_order_id) in visitor.get("/field").text
