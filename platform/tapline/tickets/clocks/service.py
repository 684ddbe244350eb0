from datetime import datetime
from uuid import UUID

from tapline import calendar, clock, policy
from tapline.errors import ConflictError, InvalidError
from tapline.people import Staff
from tapline.tickets import escalation
from tapline.tickets.clocks import rules
from tapline.tickets.model import EntryKind, Ticket, TicketState
from tapline.tickets.record import act, note
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def start(uow: UnitOfWork, ticket: Ticket) -> None:
    """Let the clocks of a case run from now, by what its priority is promised."""
    now, hours = clock.now(), calendar.current(uow, tenant_id=ticket.tenant_id)
    in_force = policy.current(uow, tenant_id=ticket.tenant_id)
    promise = rules.promise(in_force, ticket.priority)
    ticket.clock_from, ticket.paused_since, ticket.paused_s = now, None, 0
    ticket.responded_at = ticket.warned_at = ticket.overdue_at = None
    ticket.resolve_due_at = hours.deadline(now, promise.resolve_s)
    ticket.respond_due_at = (
        None if promise.respond_s is None else hours.deadline(now, promise.respond_s)
    )
    _wind(uow, ticket)


def answered(uow: UnitOfWork, ticket: Ticket) -> None:
    """Somebody has taken the case in hand: from here on the solution is what counts."""
    if ticket.responded_at is None:
        ticket.responded_at = clock.now()
        ticket.warned_at = ticket.overdue_at = None
        _wind(uow, ticket)


def pause(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int, reason: str
) -> Ticket:
    """Stop the clocks while the customer is waited for.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, is nobody's, or stands still already.
        InvalidError: no reason.
    """
    if not reason.strip():
        raise InvalidError("say what the customer is waited for")
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    if ticket.state is not TicketState.TAKEN:
        raise ConflictError(f"ticket {ticket.number} is {ticket.state.value}: take it first")
    if ticket.paused_since is not None:
        raise ConflictError(f"ticket {ticket.number} waits for the customer already")
    answered(uow, ticket)
    ticket.paused_since = clock.now()
    act(uow, ticket, EntryKind.PAUSED, staff, reason.strip())
    return ticket


def resume(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """Let the clocks run on: what was left when they stopped is left now.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or its clocks run.
    """
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    _check_paused(ticket)
    go_on(uow, ticket)
    act(uow, ticket, EntryKind.RESUMED, staff)
    return ticket


def undo_pause(
    uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID, staff: Staff, version: int
) -> Ticket:
    """It was a mistake: the clocks are as if they had never stopped.

    Raises:
        NotFoundError: the tenant has no such ticket.
        ConflictError: it was changed since `version`, or its clocks run.
    """
    ticket = TicketRepository(uow, tenant_id).as_seen(ticket_id, version)
    _check_paused(ticket)
    ticket.paused_since = None
    act(uow, ticket, EntryKind.PAUSE_UNDONE, staff)
    return ticket


def stop(uow: UnitOfWork, ticket: Ticket) -> None:
    """It is closed: a pause ends, and whoever closes it has answered."""
    go_on(uow, ticket)
    answered(uow, ticket)


def go_on(uow: UnitOfWork, ticket: Ticket) -> None:
    """End a pause, if there is one: the time that was left then is left now."""
    if ticket.paused_since is None:
        return
    now, hours = clock.now(), calendar.current(uow, tenant_id=ticket.tenant_id)
    ticket.paused_s += hours.elapsed_s(ticket.paused_since, now)
    ticket.resolve_due_at = rules.postponed(
        hours, ticket.resolve_due_at, paused_at=ticket.paused_since, resumed_at=now
    )
    ticket.paused_since = None
    _wind(uow, ticket)


def hold(uow: UnitOfWork, ticket: Ticket, until: datetime) -> None:
    """Let the clocks stand still until planned works are over: what is left now is left then.

    Held again for longer, only what is more counts; a case that waits for its customer stands
    still anyhow.
    """
    now, hours = clock.now(), calendar.current(uow, tenant_id=ticket.tenant_id)
    held = ticket.facts.get("held_until")
    start = max(now, datetime.fromisoformat(held)) if held else now
    if until <= start or ticket.paused_since is not None:
        return
    if ticket.responded_at is None and ticket.respond_due_at is not None:
        ticket.respond_due_at = rules.postponed(
            hours, ticket.respond_due_at, paused_at=start, resumed_at=until
        )
    ticket.resolve_due_at = rules.postponed(
        hours, ticket.resolve_due_at, paused_at=start, resumed_at=until
    )
    ticket.paused_s += hours.elapsed_s(start, until)
    ticket.facts = ticket.facts | {"held_until": until.isoformat()}
    _wind(uow, ticket)


def sweep(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Warn where most of the time is gone, escalate where all of it is; each once a clock."""
    now = clock.now()
    for ticket in TicketRepository(uow, tenant_id).late(now):
        if ticket.due_at <= now:
            ticket.overdue_at = now
            escalation.escalate(uow, ticket, escalation.Reason.of_clock(ticket))
        else:
            ticket.warned_at = now
            note(uow, ticket, EntryKind.WARNED)


def urgency(ticket: Ticket) -> str:
    """`bad` when the clock in force has run out, `warn` when most of it has, else empty."""
    if ticket.state is TicketState.CLOSED or ticket.paused_since is not None:
        return ""
    now = clock.now()
    if now >= ticket.due_at:
        return "bad"
    return "warn" if now >= ticket.warn_at else ""


def _check_paused(ticket: Ticket) -> None:
    if ticket.paused_since is None:
        raise ConflictError(f"ticket {ticket.number} waits for no customer: its clocks run")


def _wind(uow: UnitOfWork, ticket: Ticket) -> None:
    """Set the warning for the clock now in force."""
    ticket.warn_at = rules.warn_at(
        calendar.current(uow, tenant_id=ticket.tenant_id),
        ticket.clock_from,
        ticket.due_at,
        paused_s=ticket.paused_s,
        percent=policy.current(uow, tenant_id=ticket.tenant_id).ticket_warn_percent,
    )
