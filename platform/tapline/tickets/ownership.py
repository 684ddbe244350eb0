"""Whose case it is: one owner at any time."""

from uuid import UUID

from tapline import people, policy
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role, Staff
from tapline.tickets import escalation
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import EntryKind, Ticket, TicketState
from tapline.tickets.record import act
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork

_ASSIGNS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def take(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int) -> Ticket:
    """Make it `staff`'s own, from the pile or from a colleague.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or is closed.
    """
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    become_owner(uow, ticket, staff)
    return ticket


def assign(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff_id: UUID, by: Staff, version: int
) -> Ticket:
    """A supervisor gives it to a colleague at the desk; its first answer is still due.

    Raises:
        NotFoundError: the tenant has no such ticket, or nobody of that id.
        DeniedError: `by` is no supervisor.
        InvalidError: that colleague does not work at the desk.
        ConflictError: it was changed since `version`, or is closed.
    """
    if by.role not in _ASSIGNS:
        raise DeniedError("a supervisor assigns tickets: take it yourself, or ask one")
    member = people.staff_member(uow, tenant_id=tenant_id, staff_id=staff_id)
    if member.disabled_at is not None or not member.role.works_at_desk:
        raise InvalidError(f"{member.name} does not work at the desk: choose somebody who does")
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    _open(ticket)
    ticket.state, ticket.owner_id = TicketState.TAKEN, member.staff_id
    act(uow, ticket, EntryKind.ASSIGNED, by, member.name)
    return ticket


def hand_back(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int, reason: str
) -> Ticket:
    """Give it up, with why; too many returns bring it before the supervisors.

    Raises:
        NotFoundError: the tenant has no such ticket.
        InvalidError: no reason.
        DeniedError: it is not `staff`'s.
        ConflictError: it was changed since `version`, or is closed.
    """
    if not reason.strip():
        raise InvalidError("say why you hand it back: the next one reads it")
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    _open(ticket)
    if ticket.owner_id != staff.staff_id and staff.role not in _ASSIGNS:
        raise DeniedError(f"ticket {ticket.number} is not yours: its owner hands it back")
    ticket.state, ticket.owner_id = TicketState.OPEN, None
    clocks.go_on(uow, ticket)
    act(uow, ticket, EntryKind.HANDED_BACK, staff, reason.strip())
    count_return(uow, ticket)
    return ticket


def become_owner(uow: UnitOfWork, ticket: Ticket, staff: Staff) -> None:
    """Make it `staff`'s own and its first answer given; `ConflictError` where it is closed."""
    _open(ticket)
    ticket.state, ticket.owner_id = TicketState.TAKEN, staff.staff_id
    clocks.answered(uow, ticket)
    act(uow, ticket, EntryKind.TAKEN, staff)


def count_return(uow: UnitOfWork, ticket: Ticket) -> None:
    """Once more nobody's: at every so many returns the supervisors are told."""
    ticket.returns += 1
    returns_max = policy.current(uow, tenant_id=ticket.tenant_id).ticket_returns_max
    if returns_max and ticket.returns % returns_max == 0:
        escalation.escalate(uow, ticket, escalation.Reason.RETURNED)


def _open(ticket: Ticket) -> None:
    if ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is closed: reopen it first")
