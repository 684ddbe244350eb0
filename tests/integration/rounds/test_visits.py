"""Rounds fall due, begin at the machine's label, and end with answers and photos."""

from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, tickets, water
from tapline.errors import ConflictError, InvalidError
from tapline.rounds import plans, visits
from tapline.rounds.plans import Item, RoundKind
from tapline.rounds.visits import VisitState
from tapline.sites import closures
from tapline.sites.closures import ClosureKind, Span
from tapline.tickets.work_orders.obstacles import Appointment, Obstacle
from tests.integration.rounds.estate import MORNING, Estate

DAY = timedelta(days=1)


@pytest.mark.req("C8", "C42", "H376", "U38")
def test_machines_fall_due_by_plan_each_at_somebody_and_again_after_they_were_done(
    estate: Estate,
) -> None:
    estate.plan()

    first = estate.due()
    assert [one.device_id for one in first] == ["A1", "A2"], "who answers for the site"
    assert [one.device_id for one in estate.due(estate.sun)] == ["B1"]
    assert estate.due() == first, "planned once"

    done = estate.does(first[0])
    assert (done.state, done.done_by) == (VisitState.DONE, "chen")
    assert [one.device_id for one in estate.due()] == ["A2"]
    with clock.frozen(MORNING + 7 * DAY):
        assert [(one.device_id, one.due_on) for one in estate.due()] == [
            ("A2", clock.business_date(MORNING)),
            ("A1", clock.business_date(MORNING + 7 * DAY)),
        ]


@pytest.mark.req("U38")
def test_a_visit_begins_at_the_label_of_its_machine_and_at_no_other(estate: Estate) -> None:
    estate.plan()
    visit = estate.due()[0]
    him: dict[str, Any] = {
        "tenant_id": "demo",
        "visit_id": visit.visit_id,
        "technician": estate.chen,
    }
    filled: dict[str, Any] = {
        "given": ["yes", "12"],
        "words": "",
        "file_ids": [estate.photo()],
        "request_key": "k",
    }

    with pytest.raises(ConflictError, match="label first"):
        visits.finish(estate.uow, **him, **filled)
    with pytest.raises(ConflictError, match="this is A2; the visit is at A1"):
        visits.open_at(estate.uow, **him, code="https://x.example/portal/prove/A2?x=1")
    with pytest.raises(InvalidError, match="scan the label"):
        visits.open_at(estate.uow, **him, code=" ")
    visits.open_at(estate.uow, **him, code=" a1 ")
    with pytest.raises(InvalidError, match="photos"):
        visits.finish(estate.uow, **him, **filled | {"file_ids": []})
    with pytest.raises(InvalidError, match="number"):
        visits.finish(estate.uow, **him, **filled | {"given": ["yes", "twelve"]})

    assert visits.finish(estate.uow, **him, **filled).state is VisitState.DONE


@pytest.mark.req("U38")
def test_a_form_sent_twice_is_one_entry(estate: Estate) -> None:
    estate.plan()
    visit = estate.due()[0]
    estate.does(visit)
    visits.finish(
        estate.uow,
        tenant_id="demo",
        visit_id=visit.visit_id,
        technician=estate.chen,
        given=["no", "900"],
        words="",
        file_ids=[],
        request_key="k1",
    )

    entries = visits.entries_of(estate.uow, tenant_id="demo", visit_ids=[visit.visit_id])
    (entry,) = entries[visit.visit_id]
    assert entry.answers == [True, 12.0]


@pytest.mark.req("C42", "H207", "U38")
def test_what_is_not_as_it_should_be_becomes_a_case_with_its_photo(estate: Estate) -> None:
    estate.plan()
    visit, other = estate.due()
    photo = estate.photo("tds")

    estate.does(visit, "yes", "61.5", photos=[photo])
    estate.does(other)

    (ticket,) = tickets.listed(estate.uow, tenant_id="demo")
    assert (ticket.category, ticket.device_id) == ("round_flaw", "A1")
    told = tickets.timeline(estate.uow, tenant_id="demo", ticket_id=ticket.ticket_id)[-1]
    assert "出水 TDS：61.5 mg/L" in told.body
    assert told.file_ids == [str(photo)]


@pytest.mark.req("H129", "U38")
def test_a_mistake_is_corrected_by_a_new_entry_and_the_old_one_stays(estate: Estate) -> None:
    estate.plan()
    visit = estate.due()[0]
    estate.does(visit, "yes", "120")
    him: dict[str, Any] = {"tenant_id": "demo", "visit_id": visit.visit_id, "staff": estate.chen}

    with pytest.raises(InvalidError, match="what was wrong"):
        visits.correct(estate.uow, **him, given=["yes", "12"], words=" ", request_key="c")
    for _ in range(2):
        visits.correct(estate.uow, **him, given=["yes", "12"], words="抄错,是 12", request_key="c")

    entries = visits.entries_of(estate.uow, tenant_id="demo", visit_ids=[visit.visit_id])
    assert [one.answers for one in entries[visit.visit_id]] == [[True, 120.0], [True, 12.0]]
    assert entries[visit.visit_id][1].corrects == entries[visit.visit_id][0].entry_id
    (ticket,) = tickets.listed(estate.uow, tenant_id="demo")
    last = tickets.timeline(estate.uow, tenant_id="demo", ticket_id=ticket.ticket_id)[-1]
    assert last.body.startswith("更正：")


@pytest.mark.req("U38")
def test_rounds_that_are_late_come_before_the_desk_once(estate: Estate) -> None:
    estate.plan(site_ids=[estate.one.site_id])
    estate.due()
    with clock.frozen(MORNING + 2 * DAY):
        assert visits.escalate(estate.uow, tenant_id="demo") == 0
        assert tickets.listed(estate.uow, tenant_id="demo") == []
    with clock.frozen(MORNING + 3 * DAY):
        for _ in range(2):
            visits.escalate(estate.uow, tenant_id="demo")
        (ticket,) = tickets.listed(estate.uow, tenant_id="demo")
        assert ticket.category == "round_late"
        (cover,) = visits.coverage(estate.uow, tenant_id="demo")
        assert (cover.machines, cover.in_time, cover.late) == (2, 0, 2)
        for visit in estate.due():
            estate.does(visit)
        (cover,) = visits.coverage(estate.uow, tenant_id="demo")
        assert (cover.in_time, cover.late) == (2, 0)


@pytest.mark.req("U37")
def test_who_was_not_let_in_agrees_on_a_new_time_and_the_visit_is_not_done(
    estate: Estate,
) -> None:
    estate.plan(device_ids=["A1"])
    (visit,) = estate.due()
    tomorrow = Appointment(MORNING + DAY, MORNING + DAY + timedelta(hours=2))
    him: dict[str, Any] = {
        "tenant_id": "demo",
        "visit_id": visit.visit_id,
        "technician": estate.chen,
        "obstacle": Obstacle.LOCKED_ROOM,
        "words": "物业锁门",
        "request_key": "k",
    }

    over = Appointment(MORNING - DAY, MORNING - timedelta(hours=23))
    with pytest.raises(InvalidError, match="time ahead"):
        visits.postpone(estate.uow, **him, appointment=over)
    for _ in range(2):
        postponed = visits.postpone(estate.uow, **him, appointment=tomorrow)

    assert (postponed.state, postponed.window_from) == (VisitState.DUE, tomorrow.begins_at)
    entries = visits.entries_of(estate.uow, tenant_id="demo", visit_ids=[visit.visit_id])
    assert [one.obstacle for one in entries[visit.visit_id]] == [Obstacle.LOCKED_ROOM]
    assert tickets.listed(estate.uow, tenant_id="demo") == []


@pytest.mark.req("C8", "H376", "U38")
def test_a_disinfection_and_a_sample_are_written_down_for_the_water(estate: Estate) -> None:
    for kind in (RoundKind.DISINFECTION, RoundKind.SAMPLING):
        estate.plan(kind=kind, name=kind.value, device_ids=["A1"], items=[Item("做完")])
    for visit in estate.due():
        estate.does(visit, "yes")

    (treated,) = water.treatments_of(estate.uow, tenant_id="demo", device_ids=["A1"])
    assert (treated.kind.value, treated.actor) == ("disinfection", "chen")


@pytest.mark.req("U39")
def test_in_a_closed_house_nothing_is_due_before_it_opens(estate: Estate) -> None:
    closures.announce(
        estate.uow,
        tenant_id="demo",
        site_id=estate.one.site_id,
        kind=ClosureKind.HOLIDAY,
        span=Span(MORNING - DAY, MORNING + 10 * DAY, "暑假"),
        actor="he.qing",
    )
    estate.plan(site_ids=[estate.one.site_id])

    assert estate.due() == []
    with clock.frozen(MORNING + 10 * DAY):
        assert {one.due_on for one in estate.due()} == {clock.business_date(clock.now())}


def test_an_ended_plan_asks_nothing_more(estate: Estate) -> None:
    plan = estate.plan()
    assert len(estate.due()) == 2

    plans.end(estate.uow, tenant_id="demo", plan_id=plan.plan_id, actor="he.qing")

    assert estate.due() == []
    assert visits.coverage(estate.uow, tenant_id="demo") == []
