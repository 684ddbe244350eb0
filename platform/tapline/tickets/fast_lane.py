"""What goes before its kind: a dispute where nobody comes back tomorrow, an upset customer."""

from uuid import UUID

from tapline import policy, sites
from tapline.errors import ConflictError
from tapline.people import Staff
from tapline.tickets import categories
from tapline.tickets.model import EntryKind, Ticket, TicketState
from tapline.tickets.record import act
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def by_site(uow: UnitOfWork, ticket: Ticket) -> None:
    """Make a new dispute more urgent on sites of the kinds that policy names.

    In a mall the customer who was charged wrongly is gone by tomorrow; in a dormitory he is not.
    """
    if ticket.site_id is None or not categories.of(ticket.category).is_dispute:
        return
    in_force = policy.current(uow, tenant_id=ticket.tenant_id)
    (site,) = sites.listed(uow, tenant_id=ticket.tenant_id, among=[ticket.site_id])
    if site.kind in in_force.ticket_fast_site_kinds:
        ticket.priority = ticket.priority.raised
        ticket.facts = ticket.facts | {"fast_lane": site.kind.value}


def mark_upset(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """The customer is upset, says who spoke with him: whoever is next calls him first.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, is closed, or is marked.
    """
    ticket = _open(uow, tenant_id, ticket_id, version)
    if ticket.calm_priority is not None:
        raise ConflictError(f"ticket {ticket.number} says already that its customer is upset")
    ticket.calm_priority, ticket.priority = ticket.priority, ticket.priority.raised
    act(uow, ticket, EntryKind.UPSET, staff)
    return ticket


def mark_calm(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """He is calm again, or it was a mistake: as urgent as before, unless it was escalated since.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, is closed, or was not marked.
    """
    ticket = _open(uow, tenant_id, ticket_id, version)
    if ticket.calm_priority is None:
        raise ConflictError(f"ticket {ticket.number} does not say that its customer is upset")
    if ticket.priority is ticket.calm_priority.raised:
        ticket.priority = ticket.calm_priority
    ticket.calm_priority = None
    act(uow, ticket, EntryKind.CALM, staff)
    return ticket


def _open(uow: UnitOfWork, tenant_id: str, ticket_id: UUID, version: int) -> Ticket:
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    if ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is closed: open it again first")
    return ticket
