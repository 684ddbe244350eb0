"""A barrel that is late becomes a case before the customer calls, and ends when it comes."""

from datetime import datetime
from uuid import UUID

from tapline import audit, orders
from tapline.orders import Order, OrderState
from tapline.tickets import ending, rules
from tapline.tickets.intake import open_case
from tapline.tickets.model import EntryKind, Outcome, Source, Ticket, TicketState
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.rules import About
from tapline.uow import UnitOfWork

_OVER = frozenset({OrderState.DELIVERED, OrderState.CANCELLED})


def on_order(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> Ticket | None:
    """Open a case for an order that is late; close it untouched when that is over.

    What the customer has complained about, or an agent has taken, a person closes. Called again
    it changes nothing.
    """
    tickets = TicketRepository(uow, tenant_id)
    case = rules.order_of(order_id, "order_late")
    tickets.be_alone(case.subject)
    order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
    ticket = tickets.open_on(case.subject)
    if order.state in _OVER:
        if ticket is not None and _is_untouched(tickets, ticket):
            ending.end(uow, ticket, Outcome.FIXED, actor=audit.SYSTEM)
            note(uow, ticket, EntryKind.CLOSED, body=order.state.value)
        return ticket
    if ticket is None and order.late_since and not _was_opened(tickets, order, order.late_since):
        about = About(source=Source.ORDER, order_id=order_id)
        ticket = open_case(uow, tenant_id, case, about)
    return ticket


def _is_untouched(tickets: TicketRepository, ticket: Ticket) -> bool:
    told = any(entry.kind is EntryKind.COMMENT for entry in tickets.entries(ticket.ticket_id))
    return ticket.source is Source.ORDER and ticket.state is TicketState.OPEN and not told


def _was_opened(tickets: TicketRepository, order: Order, late_since: datetime) -> bool:
    """Whether this broken promise had its case already; a second promise may have another."""
    return any(
        one.source is Source.ORDER and one.opened_at >= late_since
        for one in tickets.of_order(order.order_id, 10)
    )
