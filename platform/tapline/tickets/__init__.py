"""Tickets: one case per problem, whatever the channel it came by, and one owner at any time."""

from tapline.tickets.intake import About, on_correction_held, on_finding, report
from tapline.tickets.model import (
    EntryKind,
    Outcome,
    Priority,
    Source,
    Ticket,
    TicketEntry,
    TicketState,
)
from tapline.tickets.service import close, comment, get, listed, reopen, take, timeline

__all__ = [
    "About",
    "EntryKind",
    "Outcome",
    "Priority",
    "Source",
    "Ticket",
    "TicketEntry",
    "TicketState",
    "close",
    "comment",
    "get",
    "listed",
    "on_correction_held",
    "on_finding",
    "reopen",
    "report",
    "take",
    "timeline",
]
