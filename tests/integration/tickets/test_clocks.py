"""A case that waits too long is noticed: first by a warning, then by the supervisors, once each."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, tickets
from tapline.errors import ConflictError, InvalidError
from tapline.people import Role, Staff
from tapline.tickets import EntryKind, Outcome, Priority, Ticket
from tapline.uow import UnitOfWork
from tests.integration.tickets import cast
from tests.integration.tickets.cast import at, customer, kinds, moment, reported, staff, texts

SUPERVISOR_PHONE = "13900139000"


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """Wednesday, ten o'clock."""
    with clock.frozen(cast.WEDNESDAY):
        cast.prepare(uow)
        staff(uow, "he.qing", Role.SUPERVISOR, SUPERVISOR_PHONE)
        yield uow


def after(uow: UnitOfWork, **time: float) -> None:
    """Let time pass, and the sweep of the clocks run twice."""
    clock.advance(timedelta(**time))
    for _ in range(2):
        tickets.sweep_clocks(uow, tenant_id="demo")


def ordinary(uow: UnitOfWork) -> Ticket:
    """A case of normal priority."""
    return reported(uow, "card_closing", "怎么退卡", card_no=cast.CARD)


def taken(uow: UnitOfWork) -> tuple[Ticket, Staff]:
    """An ordinary case and its owner."""
    ticket, agent = ordinary(uow), staff(uow, "lin")
    return tickets.take(uow, **at(ticket, agent)), agent


@pytest.mark.req("C27", "H206", "H296")
def test_a_case_that_nobody_answers_warns_once_and_is_escalated_once(desk: UnitOfWork) -> None:
    ticket = reported(desk)
    after(desk, minutes=23)
    assert EntryKind.WARNED not in kinds(desk, ticket)
    after(desk, minutes=1)
    assert kinds(desk, ticket).count(EntryKind.WARNED) == 1
    assert tickets.urgency(ticket) == "warn"
    after(desk, minutes=6)
    after(desk, minutes=30)
    assert kinds(desk, ticket).count(EntryKind.ESCALATED) == 1
    assert tickets.urgency(ticket) == "bad"
    (text,) = texts(desk, SUPERVISOR_PHONE)
    assert ticket.number in text
    assert "首次响应" in text


def test_overnight_nothing_is_late(desk: UnitOfWork) -> None:
    clock.advance(moment("2026-11-18 17:20") - clock.now())
    ticket = reported(desk)
    after(desk, hours=15)
    assert tickets.urgency(ticket) == ""
    after(desk, minutes=30)
    assert EntryKind.ESCALATED in kinds(desk, ticket)


@pytest.mark.req("H177")
def test_an_answer_in_time_leaves_the_clock_of_the_solution(desk: UnitOfWork) -> None:
    ticket, agent = ordinary(desk), staff(desk, "lin")
    tickets.take(desk, **at(ticket, agent))
    after(desk, hours=7)
    assert EntryKind.WARNED not in kinds(desk, ticket)
    after(desk, days=1)
    assert kinds(desk, ticket).count(EntryKind.ESCALATED) == 1
    assert "解决时限" in texts(desk, SUPERVISOR_PHONE)[0]


def test_an_escalated_case_becomes_more_urgent(desk: UnitOfWork) -> None:
    ticket = ordinary(desk)
    before = ticket.priority
    after(desk, hours=1)
    assert (before, ticket.priority) == (Priority.NORMAL, Priority.HIGH)


@pytest.mark.req("C27", "H327")
def test_while_the_customer_is_waited_for_the_clocks_stand_still(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    clock.advance(timedelta(minutes=10))
    tickets.pause(desk, **at(ticket, agent), reason="等客户确认地址")
    after(desk, days=7)
    assert kinds(desk, ticket)[-1] is EntryKind.PAUSED
    assert tickets.urgency(ticket) == ""
    tickets.resume(desk, **at(ticket, agent))
    assert ticket.resolve_due_at == moment("2026-11-26 10:00")
    assert ticket.paused_s == 5 * 9 * 3600
    after(desk, hours=6)
    assert EntryKind.WARNED not in kinds(desk, ticket)
    after(desk, hours=20)
    assert EntryKind.ESCALATED in kinds(desk, ticket)


def test_a_pause_by_mistake_costs_the_customer_nothing(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    before = ticket.resolve_due_at
    tickets.pause(desk, **at(ticket, agent), reason="等客户")
    clock.advance(timedelta(hours=3))
    tickets.undo_pause(desk, **at(ticket, agent))
    assert (ticket.resolve_due_at, ticket.paused_s) == (before, 0)
    assert kinds(desk, ticket)[-1] is EntryKind.PAUSE_UNDONE


def test_a_pause_needs_a_reason_and_is_one_at_a_time(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    with pytest.raises(InvalidError):
        tickets.pause(desk, **at(ticket, agent), reason=" ")
    with pytest.raises(ConflictError, match="take it first"):
        tickets.pause(desk, **at(reported(desk), agent), reason="等客户")
    with pytest.raises(ConflictError, match="its clocks run"):
        tickets.resume(desk, **at(ticket, agent))
    tickets.pause(desk, **at(ticket, agent), reason="等客户")
    with pytest.raises(ConflictError, match="already"):
        tickets.pause(desk, **at(ticket, agent), reason="等客户")


def test_when_the_customer_speaks_again_the_clocks_run_on(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    tickets.pause(desk, **at(ticket, agent), reason="等客户")
    clock.advance(timedelta(days=1))
    assert ordinary(desk) is ticket
    assert (ticket.paused_since, ticket.paused_s) == (None, 9 * 3600)
    assert kinds(desk, ticket)[-2:] == [EntryKind.COMMENT, EntryKind.RESUMED]


def test_what_is_handed_back_waits_for_nobody(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    tickets.pause(desk, **at(ticket, agent), reason="等客户")
    tickets.hand_back(desk, **at(ticket, agent), reason="下班")
    assert ticket.paused_since is None


def test_a_closed_case_is_never_late_and_a_reopened_one_starts_anew(desk: UnitOfWork) -> None:
    ticket, agent = taken(desk)
    tickets.pause(desk, **at(ticket, agent), reason="等客户")
    tickets.close(desk, **at(ticket, agent), outcome=Outcome.FIXED)
    after(desk, days=7)
    assert not {EntryKind.WARNED, EntryKind.ESCALATED} & set(kinds(desk, ticket))
    tickets.reopen(desk, **at(ticket, agent))
    assert ticket.paused_since is None
    assert ticket.resolve_due_at == moment("2026-11-26 10:00")


@pytest.mark.req("C29", "H193")
def test_the_same_trouble_of_a_customer_within_a_week_is_marked_and_more_urgent(
    desk: UnitOfWork,
) -> None:
    holder, agent = customer(desk), staff(desk, "lin")
    about: dict[str, Any] = {"customer_id": holder.customer_id}
    first = reported(desk, "service_complaint", "态度差", **about)
    tickets.close(desk, **at(first, agent), outcome=Outcome.NO_FAULT_FOUND)
    clock.advance(timedelta(days=6))
    second = reported(desk, "service_complaint", "还是一样", **about)
    assert (second.repeat_of, second.priority) == (first.ticket_id, Priority.URGENT)
    tickets.close(desk, **at(second, agent), outcome=Outcome.FIXED)
    clock.advance(timedelta(days=8))
    assert reported(desk, "service_complaint", "又来了", **about).repeat_of is None


@pytest.mark.req("C29", "H193")
def test_the_same_trouble_all_over_a_site_comes_before_the_supervisors_once(
    desk: UnitOfWork,
) -> None:
    found = [
        tickets.report(
            desk,
            tenant_id="demo",
            category="water_quality",
            about=tickets.About(source=tickets.Source.PORTAL, device_id="A"),
            actor="customer",
            words="有异味",
            subject=f"taste:{number}",
        )
        for number in range(4)
    ]
    escalated = [EntryKind.ESCALATED in kinds(desk, ticket) for ticket in found]
    assert escalated == [False, False, True, False]
    assert "集中出现" in texts(desk, SUPERVISOR_PHONE)[0]
