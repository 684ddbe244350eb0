from collections.abc import Collection, Sequence
from uuid import UUID

from tapline.errors import InvalidError
from tapline.people import Staff
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import EntryKind, Ticket, TicketEntry, TicketState
from tapline.tickets.record import act
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork

OPEN_STATES = (TicketState.OPEN, TicketState.TAKEN)


def get(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> Ticket:
    """One ticket; `NotFoundError` where the tenant has none such."""
    return TicketRepository(uow, tenant_id).get(ticket_id)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    states: Collection[TicketState] = OPEN_STATES,
    owner_id: UUID | None = None,
    limit: int = 200,
) -> Sequence[Ticket]:
    """Tickets in these states, longest waiting first; those of one owner where given.

    Closed ones alone come last closed first.
    """
    return TicketRepository(uow, tenant_id).listed(states, owner_id=owner_id, limit=limit)


def of_customer(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, limit: int = 50
) -> Sequence[Ticket]:
    """A customer's cases, open and closed, newest first."""
    return TicketRepository(uow, tenant_id).of_customer(customer_id, limit)


def of_order(
    uow: UnitOfWork, *, tenant_id: str, order_id: UUID, limit: int = 50
) -> Sequence[Ticket]:
    """The cases about an order, open and closed, newest first."""
    return TicketRepository(uow, tenant_id).of_order(order_id, limit)


def of_prediction(uow: UnitOfWork, *, tenant_id: str, prediction_id: UUID) -> Ticket | None:
    """The case that a fault foreseen became, if it has become one."""
    return TicketRepository(uow, tenant_id).of_prediction(prediction_id)


def timeline(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> Sequence[TicketEntry]:
    """What happened on a ticket, oldest first; `NotFoundError` where the tenant has none such."""
    tickets = TicketRepository(uow, tenant_id)
    return tickets.entries(tickets.get(ticket_id).ticket_id)


def comment(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, body: str) -> Ticket:
    """Add words to the timeline, whatever others did meanwhile.

    Raises:
        NotFoundError: the tenant has no such ticket.
        InvalidError: there are no words.
    """
    if not body.strip():
        raise InvalidError("write something first")
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    if staff.staff_id == ticket.owner_id:
        clocks.answered(uow, ticket)
    act(uow, ticket, EntryKind.COMMENT, staff, body.strip())
    return ticket
