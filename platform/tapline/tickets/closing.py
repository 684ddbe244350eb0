"""How a case ends, and goes on after all."""

from uuid import UUID

from tapline import audit, clock, people, policy
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.people import Staff
from tapline.tickets import ending, ownership, telling
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import EntryKind, Outcome, Ticket, TicketState
from tapline.tickets.record import act, note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.work_orders import dispatching
from tapline.uow import UnitOfWork


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

    A technician who is still on the way is called back.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or is closed.
        InvalidError: a case that was foreseen does not end this way: the model must learn from it.
    """
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    if ticket.state is TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is closed already")
    dispatching.recall_open(uow, ticket, actor=staff.name)
    ticket.owner_id = ticket.owner_id or staff.staff_id
    ending.end(uow, ticket, outcome, actor=staff.login)
    act(uow, ticket, EntryKind.CLOSED, staff, body.strip())
    telling.customer_of_end(uow, ticket)
    return ticket


def reopen(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """Take up a closed ticket again, with its owner if he is at the desk; its clocks begin anew.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, is open, or another ticket on the same
            subject is.
    """
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    _take_up(uow, ticket)
    if ticket.owner_id is None:
        ownership.become_owner(uow, ticket, staff)
    act(uow, ticket, EntryKind.REOPENED, staff)
    return ticket


def confirm(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    ticket_id: UUID,
    customer_id: UUID,
    settled: bool,
    words: str,
) -> Ticket:
    """The customer says whether his trouble is over, once somebody was there or it was closed.

    If it is, a case whose work is done is closed; if it is not, a closed one goes on.

    Raises:
        NotFoundError: the customer has no such ticket.
        InvalidError: it is not settled, and there is no word why.
        ConflictError: nothing was done yet, it is too long ago, or another ticket goes on with it.
    """
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    if ticket.customer_id != customer_id:
        raise NotFoundError(f"no ticket {ticket_id}")
    if not settled and not words.strip():
        raise InvalidError("write what is still wrong: the next one reads it")
    actor, closed = f"customer:{customer_id}", ticket.state is TicketState.CLOSED
    if settled and not closed:
        _close_finished(uow, ticket, actor)
    elif not settled and closed:
        _check_recent(uow, ticket)
        _take_up(uow, ticket)
    kind = EntryKind.CONFIRMED if settled else EntryKind.REOPENED if closed else EntryKind.COMMENT
    note(uow, ticket, kind, actor=actor, body=words.strip())
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action=f"ticket.{kind.value}",
        subject=f"ticket:{ticket_id}",
        reason=words.strip(),
    )
    return ticket


def _close_finished(uow: UnitOfWork, ticket: Ticket, actor: str) -> None:
    work = dispatching.finished(uow, ticket)
    if work is None or work.outcome in {None, Outcome.NOT_VISITED}:
        raise ConflictError(f"ticket {ticket.number} is still in work: nothing to confirm yet")
    assert work.outcome is not None
    ending.end(uow, ticket, work.outcome, actor=actor)


def _check_recent(uow: UnitOfWork, ticket: Ticket) -> None:
    assert ticket.closed_at is not None
    window_s = policy.current(uow, tenant_id=ticket.tenant_id).ticket_reopen_window_s
    if (clock.now() - ticket.closed_at).total_seconds() > window_s:
        raise ConflictError(f"ticket {ticket.number} ended long ago: report it anew")


def _take_up(uow: UnitOfWork, ticket: Ticket) -> None:
    tickets = TicketRepository(uow, ticket.tenant_id)
    if ticket.state is not TicketState.CLOSED:
        raise ConflictError(f"ticket {ticket.number} is open")
    tickets.be_alone(ticket.subject)
    if other := tickets.open_on(ticket.subject):
        raise ConflictError(f"the case goes on in ticket {other.number}: work on that one")
    if ticket.owner_id is not None and not _at_desk(uow, ticket, ticket.owner_id):
        ticket.owner_id = None
    ticket.state = TicketState.TAKEN if ticket.owner_id else TicketState.OPEN
    ticket.outcome = ticket.closed_at = None
    clocks.start(uow, ticket)


def _at_desk(uow: UnitOfWork, ticket: Ticket, staff_id: UUID) -> bool:
    member = people.staff_member(uow, tenant_id=ticket.tenant_id, staff_id=staff_id)
    return member.disabled_at is None and member.role.works_at_desk
