"""When waiting becomes too long. Pure."""

from datetime import datetime, timedelta

from tapline.tickets import Ticket, TicketState

_FIRST_RESPONSE = (timedelta(minutes=15), timedelta(minutes=30))
"""Half of it, and all of it: somebody answers within half an hour."""
_DONE = (timedelta(hours=12), timedelta(hours=24))
"""Half of it, and all of it: settled within a working day."""


def urgency(ticket: Ticket, now: datetime) -> str:
    """`warn` from half of the time allowed, `bad` from all of it, else empty."""
    if ticket.state is TicketState.CLOSED:
        return ""
    half, whole = _FIRST_RESPONSE if ticket.state is TicketState.OPEN else _DONE
    waited = now - ticket.opened_at
    if waited >= whole:
        return "bad"
    return "warn" if waited >= half else ""
