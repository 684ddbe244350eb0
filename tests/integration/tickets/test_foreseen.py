"""What is foreseen reaches a technician once, and what he finds teaches the model once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, faults, policy, routing, tickets
from tapline.errors import InvalidError
from tapline.faults import LabelOutcome, Part, Prediction, PredictionState
from tapline.people import Role, Staff
from tapline.tickets import EntryKind, Outcome, Priority, Ticket, TicketState, work_orders
from tapline.tickets.work_orders import WorkOrder
from tapline.uow import UnitOfWork
from tests.integration.tickets import cast
from tests.integration.tickets.cast import at, kinds, put, ready, staff, texts

PHONE = "13700137000"


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        yield uow


@pytest.fixture
def chen(desk: UnitOfWork) -> Staff:
    """Answers for the site HZ-01."""
    skills = {"site:HZ-01": 3}
    return staff(desk, "chen", Role.TECHNICIAN, PHONE, **skills)


def foreseen(uow: UnitOfWork, device_id: str = "A", part: Part = Part.PREFILTER) -> Prediction:
    found = faults.raise_prediction(
        uow,
        tenant_id="demo",
        device_id=device_id,
        part=part,
        probability_percent=83,
        residuals=[{"signal": "prefilter_resistance", "unit": "kPa·s/ml", "value": 2.1}],
        day=clock.business_date(clock.now()),
        horizon_d=14,
        model="foresight 1",
        features_hash="0" * 64,
    )
    assert found is not None
    return found


def ticketed(uow: UnitOfWork, prediction: Prediction) -> Ticket:
    return tickets.on_prediction(uow, tenant_id="demo", prediction_id=prediction.prediction_id)


def errands(uow: UnitOfWork, technician: Staff) -> list[WorkOrder]:
    return list(work_orders.of_technician(uow, tenant_id="demo", technician_id=technician.staff_id))


def labels(uow: UnitOfWork, prediction: Prediction) -> list[LabelOutcome]:
    found = faults.labels_of(uow, tenant_id="demo", prediction_id=prediction.prediction_id)
    return [one.outcome for one in found]


@pytest.mark.req("H409")
def test_a_fault_foreseen_is_one_case_a_visit_and_a_label(desk: UnitOfWork, chen: Staff) -> None:
    staff(desk, "a.wu", Role.TECHNICIAN)
    prediction = foreseen(desk)
    ticket = ticketed(desk, prediction)
    assert ticketed(desk, prediction) is ticket
    assert (ticket.priority, ticket.owner_id) == (Priority.LOW, chen.staff_id)
    assert ticket.facts["residuals"] == prediction.residuals
    assert prediction.state is PredictionState.TICKETED
    assert "前置滤芯预计将出故障（概率 83%）" in texts(desk, PHONE)[0]
    (work,) = errands(desk, chen)
    at_work: dict[str, Any] = {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": chen,
    }
    work_orders.accept(desk, **at_work)
    work_orders.start(desk, **at_work)
    for _ in range(2):
        work_orders.finish(
            desk,
            **at_work,
            outcome=Outcome.CONFIRMED_PART,
            parts={"prefilter": 1},
            words="滤芯发黑",
        )
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, Outcome.CONFIRMED_PART)
    assert labels(desk, prediction) == [LabelOutcome.CONFIRMED_PART]
    assert not errands(desk, chen)
    assert kinds(desk, ticket) == [
        EntryKind.OPENED,
        EntryKind.FORESEEN,
        EntryKind.DISPATCHED,
        EntryKind.WORK_ACCEPTED,
        EntryKind.WORK_STARTED,
        EntryKind.WORK_FINISHED,
        EntryKind.CLOSED,
    ]


def test_the_desk_is_not_asked_about_what_a_technician_has(desk: UnitOfWork, chen: Staff) -> None:
    ready(desk, lin := staff(desk, "lin"))
    ticket = ticketed(desk, foreseen(desk))
    put(desk, ticket.ticket_id)
    assert not _offers(desk, lin)


def test_each_part_is_a_case_of_its_own(desk: UnitOfWork, chen: Staff) -> None:
    found = {ticketed(desk, foreseen(desk, part=part)).ticket_id for part in Part}
    assert len(found) == 3


def test_beyond_three_visits_a_day_a_case_waits_for_tomorrow(desk: UnitOfWork, chen: Staff) -> None:
    for part in Part:
        ticketed(desk, foreseen(desk, "A", part))
    waiting = ticketed(desk, foreseen(desk, "B"))
    assert (waiting.state, len(errands(desk, chen))) == (TicketState.OPEN, 3)
    tickets.dispatch_foreseen(desk, tenant_id="demo")
    assert waiting.state is TicketState.OPEN
    clock.advance(timedelta(days=1))
    for _ in range(2):
        tickets.dispatch_foreseen(desk, tenant_id="demo")
    assert (waiting.owner_id, len(errands(desk, chen))) == (chen.staff_id, 4)


def test_how_many_visits_a_technician_believes_in_is_policy(desk: UnitOfWork, chen: Staff) -> None:
    policy.publish(
        desk,
        tenant_id="demo",
        changes={"foreseen_visits_per_day_max": 0},
        actor="test",
        reason="no visits",
    )
    ticketed(desk, foreseen(desk))
    assert not errands(desk, chen)


def test_what_a_technician_gives_back_is_the_desks_to_decide(desk: UnitOfWork, chen: Staff) -> None:
    ready(desk, lin := staff(desk, "lin"))
    ticket = ticketed(desk, foreseen(desk))
    (work,) = errands(desk, chen)
    work_orders.hand_back(
        desk,
        tenant_id="demo",
        work_order_id=work.work_order_id,
        technician=chen,
        reason="没有滤芯",
    )
    tickets.dispatch_foreseen(desk, tenant_id="demo")
    assert (ticket.state, ticket.owner_id) == (TicketState.OPEN, None)
    assert not errands(desk, chen)
    put(desk, ticket.ticket_id)
    assert _offers(desk, lin)


def test_the_desk_may_close_it_too_and_only_with_what_teaches(
    desk: UnitOfWork, chen: Staff
) -> None:
    lin, prediction = staff(desk, "lin"), foreseen(desk)
    ticket = ticketed(desk, prediction)
    with pytest.raises(InvalidError, match="the model learns from it"):
        tickets.close(desk, **at(ticket, lin), outcome=Outcome.FIXED)
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.NOT_VISITED)
    assert labels(desk, prediction) == [LabelOutcome.NOT_VISITED]
    assert not errands(desk, chen)


def test_a_correction_of_what_was_found_supersedes_the_label(desk: UnitOfWork, chen: Staff) -> None:
    lin, prediction = staff(desk, "lin"), foreseen(desk)
    ticket = ticketed(desk, prediction)
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.NO_FAULT_FOUND)
    tickets.reopen(desk, **at(ticket, lin))
    assert ticket.owner_id == lin.staff_id, "a technician's errand is over: the desk has it"
    tickets.close(desk, **at(ticket, lin), outcome=Outcome.CONFIRMED_PART)
    assert labels(desk, prediction) == [LabelOutcome.NO_FAULT_FOUND, LabelOutcome.CONFIRMED_PART]


def _offers(uow: UnitOfWork, member: Staff) -> bool:
    return bool(routing.offers_of(uow, tenant_id="demo", agent_id=str(member.staff_id)))
