"""One owner at any time, and the router always in line with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapline import clock, routing, tickets
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role, Staff
from tapline.routing import Presence
from tapline.tickets import EntryKind, Outcome, Ticket, TicketState
from tapline.uow import UnitOfWork
from tests.integration.tickets import cast
from tests.integration.tickets.cast import at, kinds, put, ready, reported, staff


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        yield uow


def offer_to(uow: UnitOfWork, member: Staff) -> str | None:
    """The offer that stands to a member of the staff."""
    offers = routing.offers_of(uow, tenant_id="demo", agent_id=str(member.staff_id))
    return offers[0].offer_id if offers else None


def held_by(uow: UnitOfWork, ticket: Ticket) -> str | None:
    """Whose hands the ticket fills, as the router has it."""
    view = routing.view(uow, tenant_id="demo")
    work_id = f"ticket:{ticket.ticket_id}"
    holders = [
        agent.profile.agent_id
        for agent in view.agents
        if work_id in {task.work_id for task in agent.tasks}
    ]
    assert len(holders) <= 1
    return holders[0] if holders else None


def waits(uow: UnitOfWork, ticket: Ticket) -> bool:
    """Whether the router looks for somebody."""
    view = routing.view(uow, tenant_id="demo")
    return f"ticket:{ticket.ticket_id}" in {one.work.work_id for one in view.waiting}


@pytest.mark.req("C24", "H249")
def test_a_new_case_is_offered_to_who_is_ready_and_becomes_his(desk: UnitOfWork) -> None:
    lin, he = staff(desk, "lin"), staff(desk, "he")
    ready(desk, lin)
    ticket = reported(desk)
    put(desk, ticket.ticket_id)
    offer_id = offer_to(desk, lin)
    assert offer_id is not None
    assert offer_to(desk, he) is None
    tickets.accept(desk, tenant_id="demo", offer_id=offer_id, staff=lin)
    put(desk, ticket.ticket_id)
    assert (ticket.state, ticket.owner_id) == (TicketState.TAKEN, lin.staff_id)
    assert held_by(desk, ticket) == str(lin.staff_id)
    assert kinds(desk, ticket)[-1] is EntryKind.TAKEN


def test_accepting_twice_is_no_mistake(desk: UnitOfWork) -> None:
    lin = staff(desk, "lin")
    ready(desk, lin)
    ticket = reported(desk)
    put(desk, ticket.ticket_id)
    offer_id = offer_to(desk, lin)
    assert offer_id is not None
    for _ in range(2):
        tickets.accept(desk, tenant_id="demo", offer_id=offer_id, staff=lin)
    assert kinds(desk, ticket).count(EntryKind.TAKEN) == 1


def test_an_offer_of_what_a_colleague_took_meanwhile_is_refused(desk: UnitOfWork) -> None:
    lin, he = staff(desk, "lin"), staff(desk, "he")
    ready(desk, lin)
    ticket = reported(desk)
    put(desk, ticket.ticket_id)
    offer_id = offer_to(desk, lin)
    assert offer_id is not None
    tickets.take(desk, **at(ticket, he))
    with pytest.raises(ConflictError, match="taken or closed"):
        tickets.accept(desk, tenant_id="demo", offer_id=offer_id, staff=lin)
    put(desk, ticket.ticket_id)
    assert offer_to(desk, lin) is None


def test_an_offer_of_other_work_is_no_ticket(desk: UnitOfWork) -> None:
    with pytest.raises(InvalidError, match="no ticket"):
        tickets.accept(desk, tenant_id="demo", offer_id="call:1.1", staff=staff(desk, "lin"))


@pytest.mark.req("C13", "H187")
@pytest.mark.parametrize(
    ("category", "skill"),
    [("device_fault", "water"), ("card_reader", "water"), ("balance_wrong", "cards")],
)
def test_the_skilled_one_is_asked_first(desk: UnitOfWork, category: str, skill: str) -> None:
    skilled = {
        "cards": staff(desk, "a.lin", cards=3),
        "water": staff(desk, "b.he", water=3),
    }
    ready(desk, *skilled.values())
    put(desk, reported(desk, category, device_id="A", card_no=cast.CARD).ticket_id)
    assert [name for name, one in skilled.items() if offer_to(desk, one)] == [skill]


@pytest.mark.req("H192")
def test_who_had_the_case_last_time_is_asked_first(desk: UnitOfWork) -> None:
    lin, he = staff(desk, "lin", cards=3), staff(desk, "he", cards=3)
    about: dict[str, Any] = {"customer_id": cast.customer(desk).customer_id}
    first = reported(desk, "service_complaint", **about)
    tickets.close(desk, **at(first, he), outcome=Outcome.FIXED)
    ready(desk, lin)
    clock.advance(timedelta(minutes=5))
    ready(desk, he)
    put(desk, reported(desk, "service_complaint", **about).ticket_id)
    assert offer_to(desk, he) is not None


def test_a_supervisor_assigns_and_nobody_else(desk: UnitOfWork) -> None:
    lin, boss = staff(desk, "lin"), staff(desk, "boss", Role.SUPERVISOR)
    courier = staff(desk, "courier", Role.COURIER)
    ticket = reported(desk)
    to: dict[str, Any] = {
        "tenant_id": "demo",
        "ticket_id": ticket.ticket_id,
        "version": ticket.version,
    }
    with pytest.raises(DeniedError, match="supervisor"):
        tickets.assign(desk, **to, staff_id=lin.staff_id, by=lin)
    with pytest.raises(InvalidError, match="does not work at the desk"):
        tickets.assign(desk, **to, staff_id=courier.staff_id, by=boss)
    tickets.assign(desk, **to, staff_id=lin.staff_id, by=boss)
    assert ticket.owner_id == lin.staff_id
    assert ticket.responded_at is None, "that it was given to somebody is no answer yet"
    tickets.comment(desk, tenant_id="demo", ticket_id=ticket.ticket_id, staff=lin, body="已联系")
    assert ticket.responded_at is not None


@pytest.mark.req("H223")
def test_what_is_handed_back_waits_again_and_the_third_time_the_supervisors_know(
    desk: UnitOfWork,
) -> None:
    agents = [staff(desk, login) for login in ("lin", "he", "wang")]
    ready(desk, *agents)
    ticket = reported(desk)
    for count, agent in enumerate(agents, start=1):
        tickets.take(desk, **at(ticket, agent))
        put(desk, ticket.ticket_id)
        tickets.hand_back(desk, **at(ticket, agent), reason="不属本组")
        put(desk, ticket.ticket_id)
        assert (ticket.state, ticket.owner_id, ticket.returns) == (TicketState.OPEN, None, count)
        assert held_by(desk, ticket) is None
        assert offer_to(desk, agent) is None, "not to him again at once"
    assert kinds(desk, ticket).count(EntryKind.ESCALATED) == 1


def test_only_its_owner_hands_it_back_and_says_why(desk: UnitOfWork) -> None:
    lin, he = staff(desk, "lin"), staff(desk, "he")
    ticket = reported(desk)
    tickets.take(desk, **at(ticket, lin))
    with pytest.raises(DeniedError, match="not yours"):
        tickets.hand_back(desk, **at(ticket, he), reason="不想做")
    with pytest.raises(InvalidError, match="why"):
        tickets.hand_back(desk, **at(ticket, lin), reason=" ")


def test_what_waits_for_the_customer_leaves_its_owner_free_for_other_work(
    desk: UnitOfWork,
) -> None:
    lin = staff(desk, "lin")
    ready(desk, lin)
    ticket = reported(desk)
    tickets.take(desk, **at(ticket, lin))
    put(desk, ticket.ticket_id)
    tickets.pause(desk, **at(ticket, lin), reason="等客户")
    put(desk, ticket.ticket_id)
    assert held_by(desk, ticket) is None
    tickets.resume(desk, **at(ticket, lin))
    put(desk, ticket.ticket_id)
    assert held_by(desk, ticket) == str(lin.staff_id)


_STEPS = st.lists(
    st.sampled_from(
        ["take", "steal", "accept", "hand_back", "pause", "resume", "close", "reopen", "absent"]
    ),
    max_size=10,
)


@pytest.mark.req("H126")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, heard=st.lists(st.integers(0, 2), min_size=11, max_size=11))
def test_however_late_or_often_the_router_hears_of_it_it_ends_in_line(
    pair: tuple[UnitOfWork, Staff, Staff], steps: list[str], heard: list[int]
) -> None:
    """After each step the router is told of it never, once or twice; at the end once more."""
    uow, lin, he = pair
    savepoint = uow.session.begin_nested()
    with clock.frozen(cast.WEDNESDAY):
        _live_through(uow, lin, he, list(zip(["begin", *steps], heard, strict=False)))
    savepoint.rollback()


@pytest.fixture
def pair(desk: UnitOfWork) -> tuple[UnitOfWork, Staff, Staff]:
    """Two who are ready."""
    lin, he = staff(desk, "lin"), staff(desk, "he")
    ready(desk, lin, he)
    return desk, lin, he


def _live_through(uow: UnitOfWork, lin: Staff, he: Staff, steps: list[tuple[str, int]]) -> None:
    ticket = reported(uow)
    for step, times in steps:
        _do(uow, ticket, step, lin, he)
        clock.advance(timedelta(minutes=3))
        for _ in range(times):
            put(uow, ticket.ticket_id)
        routing.run_timers(uow, tenant_id="demo")
        assert (ticket.owner_id is not None) == (ticket.state is not TicketState.OPEN)
    put(uow, ticket.ticket_id)
    running = ticket.state is not TicketState.CLOSED and ticket.paused_since is None
    owner = str(ticket.owner_id) if ticket.owner_id and running else None
    assert held_by(uow, ticket) == owner
    assert waits(uow, ticket) == (running and ticket.owner_id is None)


def _do(uow: UnitOfWork, ticket: Ticket, step: str, lin: Staff, he: Staff) -> None:
    """Do it, where the ticket's state allows."""
    owner = {lin.staff_id: lin, he.staff_id: he}.get(ticket.owner_id) if ticket.owner_id else None
    is_open = ticket.state is not TicketState.CLOSED
    match step:
        case "take" | "steal" if is_open:
            tickets.take(uow, **at(ticket, lin if step == "take" else he))
        case "accept":
            for member in (lin, he):
                if (offer_id := offer_to(uow, member)) and owner is None and is_open:
                    tickets.accept(uow, tenant_id="demo", offer_id=offer_id, staff=member)
                    break
        case "hand_back" if owner and is_open:
            tickets.hand_back(uow, **at(ticket, owner), reason="不属本组")
        case "pause" if owner and is_open and ticket.paused_since is None:
            tickets.pause(uow, **at(ticket, owner), reason="等客户")
        case "resume" if ticket.paused_since is not None:
            tickets.resume(uow, **at(ticket, owner or lin))
        case "close" if is_open:
            tickets.close(uow, **at(ticket, owner or lin), outcome=Outcome.FIXED)
        case "reopen" if not is_open:
            tickets.reopen(uow, **at(ticket, lin))
        case "absent":
            routing.set_presence(
                uow, tenant_id="demo", agent_id=str(lin.staff_id), presence=Presence.NOT_READY
            )
