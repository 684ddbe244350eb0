"""Bringing a case before the supervisors: once per clock, and after too many returns."""

from enum import StrEnum
from typing import Self

from tapline import clock
from tapline.tickets import telling
from tapline.tickets.model import EntryKind, Ticket
from tapline.tickets.record import note
from tapline.uow import UnitOfWork


class Reason(StrEnum):
    UNANSWERED = "unanswered"
    """Nobody took it in hand in time."""
    UNSOLVED = "unsolved"
    """The time for a solution is over."""
    RETURNED = "returned"
    """It was handed back too often: nobody feels it is his."""
    CLUSTER = "cluster"
    """The same trouble came up all over a site."""

    @classmethod
    def of_clock(cls, ticket: Ticket) -> Self:
        """What it means that the clock in force ran out."""
        unanswered = ticket.responded_at is None and ticket.respond_due_at is not None
        return cls.UNANSWERED if unanswered else cls.UNSOLVED


def escalate(uow: UnitOfWork, ticket: Ticket, reason: Reason) -> None:
    """Make it more urgent, write it down, and tell the supervisors by text message."""
    ticket.escalated_at = clock.now()
    ticket.priority = ticket.priority.raised
    note(uow, ticket, EntryKind.ESCALATED, body=reason.value)
    telling.supervisors(uow, ticket, reason.value)
