"""A case that should never have been opened, such as one of an import that is undone."""

from uuid import UUID

from tapline import audit
from tapline.errors import ConflictError
from tapline.tickets import ending
from tapline.tickets.model import EntryKind, Outcome, Ticket, TicketState
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def is_untouched(uow: UnitOfWork, *, ticket: Ticket) -> bool:
    """Whether nobody has done anything with it since it was taken down."""
    told = TicketRepository(uow, ticket.tenant_id).entries(ticket.ticket_id)
    who = {entry.actor for entry in told} - {audit.SYSTEM}
    return ticket.state is TicketState.OPEN and ticket.owner_id is None and len(who) <= 1


def withdraw(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, actor: str, reason: str
) -> Ticket:
    """End a case that nobody has touched; its customer, who never told us, is told nothing.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: somebody works on it, or it is closed.
    """
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    if not is_untouched(uow, ticket=ticket):
        raise ConflictError(f"ticket {ticket.number} is in work: close it as any other")
    ending.end(uow, ticket, Outcome.CANCELLED, actor=actor)
    note(uow, ticket, EntryKind.CLOSED, actor=actor, body=reason)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="ticket.withdraw",
        subject=f"ticket:{ticket_id}",
        reason=reason,
    )
    return ticket
