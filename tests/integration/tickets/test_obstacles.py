"""A shut door is no outcome: the visit stays, with a new time or until its part is there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, faults, rounds, water
from tapline.errors import ConflictError, InvalidError
from tapline.people import Role, Staff
from tapline.tickets import EntryKind, Outcome, TicketState, work_orders
from tapline.tickets.work_orders import obstacles
from tapline.tickets.work_orders.obstacles import Appointment, Obstacle, Plan
from tapline.uow import UnitOfWork
from tests.integration.tickets import cast
from tests.integration.tickets.cast import customer, kinds, reported, staff, texts
from tests.integration.tickets.test_foreseen import errands, foreseen, labels, ticketed

AGAIN = Appointment(cast.WEDNESDAY + timedelta(days=1), cast.WEDNESDAY + timedelta(days=1, hours=2))


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        yield uow


@pytest.fixture
def chen(desk: UnitOfWork) -> Staff:
    return staff(desk, "chen", Role.TECHNICIAN)


def stood_before(uow: UnitOfWork, chen: Staff, plan: Plan, **changes: Any) -> work_orders.WorkOrder:
    """Chen could not do the first of his work orders."""
    (work, *_) = errands(uow, chen)
    asked: dict[str, Any] = {
        "obstacle": Obstacle.LOCKED_ROOM,
        "words": "泵房锁着",
        "request_key": "k",
    }
    return obstacles.meet(
        uow,
        tenant_id="demo",
        work_order_id=work.work_order_id,
        technician=chen,
        plan=plan,
        **asked | changes,
    )


@pytest.mark.req("H248", "H369", "U37")
@pytest.mark.parametrize(
    "obstacle", [Obstacle.LOCKED_ROOM, Obstacle.GUARD_REFUSED, Obstacle.POWER_OFF]
)
def test_a_shut_door_teaches_the_model_nothing_and_the_visit_has_a_new_time(
    desk: UnitOfWork, chen: Staff, obstacle: Obstacle
) -> None:
    prediction = foreseen(desk)
    ticket = ticketed(desk, prediction)

    for _ in range(2):
        work = stood_before(desk, chen, Plan(appointment=AGAIN), obstacle=obstacle)

    assert (work.window_from, work.outcome) == (AGAIN.begins_at, None)
    assert labels(desk, prediction) == []
    assert faults.labelled(desk, tenant_id="demo") == []
    assert ticket.state is TicketState.TAKEN
    assert kinds(desk, ticket).count(EntryKind.WORK_SET_BACK) == 1
    assert rounds.routes.day_of(desk, technician=chen).stops == []
    with clock.frozen(AGAIN.begins_at):
        (stop,) = rounds.routes.day_of(desk, technician=chen).stops
        assert stop.clock == AGAIN.begins_at


@pytest.mark.req("H248", "H368", "U37")
def test_a_missing_part_is_ordered_and_its_visit_waits_until_it_is_there(
    desk: UnitOfWork, chen: Staff
) -> None:
    ticketed(desk, foreseen(desk))

    stood_before(desk, chen, Plan(part="prefilter", count=2), obstacle=Obstacle.NO_PART)

    assert rounds.routes.day_of(desk, technician=chen).stops == []
    ((setback, _),) = obstacles.open_parts(desk, tenant_id="demo")
    assert (setback.part, setback.part_count) == ("prefilter", 2)
    for _ in range(2):
        obstacles.part_came(desk, tenant_id="demo", setback_id=setback.setback_id, actor="he.qing")
    assert len(rounds.routes.day_of(desk, technician=chen).stops) == 1
    assert obstacles.open_parts(desk, tenant_id="demo") == []


@pytest.mark.req("U37")
def test_whoever_says_no_next_step_is_asked_for_one(desk: UnitOfWork, chen: Staff) -> None:
    ticketed(desk, foreseen(desk))

    with pytest.raises(InvalidError, match="agree on a new time"):
        stood_before(desk, chen, Plan())
    with pytest.raises(InvalidError, match="name the part"):
        stood_before(desk, chen, Plan(appointment=AGAIN), obstacle=Obstacle.NO_PART)
    over = Appointment(cast.WEDNESDAY - timedelta(hours=2), cast.WEDNESDAY)
    with pytest.raises(InvalidError, match="time ahead"):
        stood_before(desk, chen, Plan(appointment=over))


@pytest.mark.req("C38")
def test_a_filter_that_was_changed_begins_its_life(desk: UnitOfWork, chen: Staff) -> None:
    ticketed(desk, foreseen(desk))
    (work,) = errands(desk, chen)
    his: dict[str, Any] = {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": chen,
    }
    work_orders.start(desk, **his)
    work_orders.finish(
        desk,
        **his,
        outcome=Outcome.CONFIRMED_PART,
        parts={"prefilter": 1, "valve": 1},
        words="",
    )

    rounds.on_parts_built_in(desk, tenant_id="demo", work_order_id=work.work_order_id)

    (changed,) = water.treatments_of(desk, tenant_id="demo", device_ids=["A"])
    assert (changed.filter_kind, changed.actor, changed.note) == (
        water.FilterKind.PREFILTER,
        "chen",
        work.number,
    )


@pytest.mark.req("C43", "H188")
def test_a_customer_confirms_at_the_machine_with_the_code_that_he_was_sent(
    desk: UnitOfWork, chen: Staff
) -> None:
    lin = staff(desk, "lin")
    ticket = reported(desk, device_id="A", customer_id=customer(desk).customer_id)
    work = work_orders.dispatch(
        desk,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        technician_id=chen.staff_id,
        staff=lin,
        words="",
    )
    his: dict[str, Any] = {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": chen,
    }
    with pytest.raises(ConflictError, match="finish your work"):
        work_orders.confirm_by_code(desk, **his, code="0000")
    work_orders.start(desk, **his)
    work_orders.finish(desk, **his, outcome=Outcome.FIXED, parts={}, words="好了")
    told = texts(desk, cast.PHONE)[-1]
    found = re.search(r"确认码 (\d{4})", told)
    assert found is not None
    wrong = f"{(int(found[1]) + 1) % 10_000:04d}"

    assert not work_orders.confirm_by_code(desk, **his, code=wrong)
    assert ticket.state is TicketState.TAKEN
    assert work_orders.confirm_by_code(desk, **his, code=found[1])

    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.FIXED)
    assert EntryKind.CONFIRMED in kinds(desk, ticket)
