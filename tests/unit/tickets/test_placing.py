"""Where a ticket belongs, and what the router sees of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tapline.routing import Medium
from tapline.tickets import Priority, Source, Ticket, TicketState
from tapline.tickets.placing.rules import Place, place, ticket_of, work

NOW = datetime(2026, 11, 18, tzinfo=UTC)


def ticket(**changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "ticket_id": uuid4(),
        "number": "T2611180001",
        "source": Source.PORTAL,
        "category": "device_fault",
        "priority": Priority.URGENT,
        "state": TicketState.OPEN,
        "opened_at": NOW,
        "returns": 0,
    }
    return Ticket(**values | changes)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, Place.WAITING),
        ({"owner_id": UUID(int=1), "state": TicketState.TAKEN}, Place.HELD),
        ({"owner_id": UUID(int=1), "state": TicketState.CLOSED}, Place.AWAY),
        (
            {"owner_id": UUID(int=1), "state": TicketState.TAKEN, "paused_since": NOW},
            Place.AWAY,
        ),
        ({"source": Source.PREDICTION}, Place.AWAY),
        ({"source": Source.PREDICTION, "returns": 1}, Place.WAITING),
    ],
)
def test_a_ticket_belongs_in_one_place(changes: dict[str, Any], where: Place) -> None:
    assert place(ticket(**changes)) is where


def test_the_router_sees_who_is_skilled_in_it_and_since_when_it_waits() -> None:
    seen = work(ticket(), preferred=UUID(int=7))
    assert (seen.medium, seen.queue, seen.skills) == (Medium.TASK, "tickets", {"water": 1})
    assert seen.effective_enqueue_ms == int(NOW.timestamp() * 1000)
    assert seen.preferred_agent == str(UUID(int=7))


def test_an_urgent_case_goes_before_what_has_waited_for_hours() -> None:
    points = [work(ticket(priority=each), preferred=None).priority for each in Priority]
    assert points == sorted(points, reverse=True)


def test_only_work_of_tickets_is_a_ticket() -> None:
    one = ticket()
    assert ticket_of(work(one, preferred=None).work_id) == one.ticket_id
    assert ticket_of(f"call:{one.ticket_id}") is None
