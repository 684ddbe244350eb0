from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError
from tapline.events import TicketChanged
from tapline.people import Staff
from tapline.tickets.model import EntryKind, Outcome, Ticket, TicketEntry, TicketState
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


def timeline(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> Sequence[TicketEntry]:
    """What happened on a ticket, oldest first; `NotFoundError` where the tenant has none such."""
    tickets = TicketRepository(uow, tenant_id)
    return tickets.entries(tickets.get(ticket_id).ticket_id)


def take(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int) -> Ticket:
    """Make it `staff`'s own, from the pile or from a colleague.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or is closed.
    """
    ticket = _as_seen(uow, tenant_id, ticket_id, version)
    if ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is closed: reopen it first")
    ticket.state, ticket.owner_id = TicketState.TAKEN, staff.staff_id
    _record(uow, ticket, EntryKind.TAKEN, staff, "")
    return ticket


def comment(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, body: str) -> Ticket:
    """Add words to the timeline, whatever others did meanwhile.

    Raises:
        NotFoundError: the tenant has no such ticket.
        InvalidError: there are no words.
    """
    if not body.strip():
        raise InvalidError("write something first")
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    _record(uow, ticket, EntryKind.COMMENT, staff, body.strip())
    return ticket


def close(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    ticket_id: UUID,
    staff: Staff,
    version: int,
    outcome: Outcome,
    body: str = "",
) -> Ticket:
    """Close it with what came of it; who closes what nobody took has taken it.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or is closed.
    """
    ticket = _as_seen(uow, tenant_id, ticket_id, version)
    if ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is closed already")
    ticket.owner_id = ticket.owner_id or staff.staff_id
    ticket.state, ticket.outcome, ticket.closed_at = TicketState.CLOSED, outcome, clock.now()
    _record(uow, ticket, EntryKind.CLOSED, staff, body.strip())
    return ticket


def reopen(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """Take up a closed ticket again, with its owner.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, is open, or another ticket on the same
            subject is.
    """
    ticket = _as_seen(uow, tenant_id, ticket_id, version)
    tickets = TicketRepository(uow, tenant_id)
    if ticket.state is not TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is open")
    tickets.be_alone(ticket.subject)
    if other := tickets.open_on(ticket.subject):
        raise ConflictError(f"the case goes on in ticket {other.number}: work on that one")
    ticket.state = TicketState.TAKEN if ticket.owner_id else TicketState.OPEN
    ticket.outcome = ticket.closed_at = None
    _record(uow, ticket, EntryKind.REOPENED, staff, "")
    return ticket


def _as_seen(uow: UnitOfWork, tenant_id: str, ticket_id: UUID, version: int) -> Ticket:
    """The ticket, locked, if nobody has changed it since `version`."""
    tickets = TicketRepository(uow, tenant_id)
    ticket = tickets.get(ticket_id, lock=True)
    if ticket.version != version:
        last = tickets.last_entry(ticket_id)
        who = f"{last.actor} ({last.kind.value}, {last.at:%H:%M} UTC)" if last else "somebody"
        raise ConflictError(
            f"ticket {ticket.number} was changed by {who} since you opened it: look again"
        )
    return ticket


def _record(uow: UnitOfWork, ticket: Ticket, kind: EntryKind, staff: Staff, body: str) -> None:
    """Write the timeline and the audit trail, and tell the pages."""
    ticket.version += 1
    TicketRepository(uow, ticket.tenant_id).add(
        TicketEntry(
            ticket_id=ticket.ticket_id, kind=kind, actor=staff.name, body=body, at=clock.now()
        )
    )
    audit.record(
        uow,
        tenant_id=ticket.tenant_id,
        actor=staff.login,
        action=f"ticket.{kind.value}",
        subject=f"ticket:{ticket.ticket_id}",
        reason=body,
    )
    uow.emit(TicketChanged(tenant_id=ticket.tenant_id, ticket_id=ticket.ticket_id))
