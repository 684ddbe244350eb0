"""Where a ticket belongs, and as what work the router sees it. Pure."""

from enum import StrEnum
from uuid import UUID

from tapline.routing import Medium, Work
from tapline.tickets import categories
from tapline.tickets.model import Priority, Source, Ticket, TicketState

QUEUE = "tickets"
_PREFIX = "ticket:"

_POINTS = {Priority.URGENT: 240, Priority.HIGH: 60, Priority.NORMAL: 0, Priority.LOW: -240}
"""In minutes of waiting: an urgent case passes those that waited four hours longer."""


class Place(StrEnum):
    WAITING = "waiting"
    """Offered to whoever can take it."""
    HELD = "held"
    """With its owner, whose hands it fills."""
    AWAY = "away"
    """Nobody at the desk need do anything now."""


def place(ticket: Ticket) -> Place:
    """Where the ticket belongs now.

    What is only foreseen is the technicians' own, until one of them gave it back.
    """
    if ticket.state is TicketState.CLOSED or ticket.paused_since is not None:
        return Place.AWAY
    if ticket.owner_id is not None:
        return Place.HELD
    planned = ticket.source is Source.PREDICTION and ticket.returns == 0
    return Place.AWAY if planned else Place.WAITING


def work(ticket: Ticket, *, preferred: UUID | None) -> Work:
    """The ticket as work; it counts as waiting since it was opened, whoever had it meanwhile."""
    return Work(
        work_id=f"{_PREFIX}{ticket.ticket_id}",
        medium=Medium.TASK,
        queue=QUEUE,
        priority=_POINTS[ticket.priority],
        skills={categories.of(ticket.category).skill: 1},
        effective_enqueue_ms=int(ticket.opened_at.timestamp() * 1000),
        preferred_agent=None if preferred is None else str(preferred),
        label=ticket.number,
    )


def ticket_of(work_id: str) -> UUID | None:
    """The ticket that a work is, if it is one."""
    prefix, _, rest = work_id.partition(":")
    return UUID(rest) if f"{prefix}:" == _PREFIX else None
