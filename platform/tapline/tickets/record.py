"""Writing on a ticket: its timeline, the audit trail, and word to whoever watches it."""

from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock
from tapline.events import TicketChanged
from tapline.people import Staff
from tapline.tickets.model import EntryKind, Ticket, TicketEntry
from tapline.tickets.repository import TicketRepository
from tapline.uow import UnitOfWork


def note(
    uow: UnitOfWork,
    ticket: Ticket,
    kind: EntryKind,
    *,
    actor: str = audit.SYSTEM,
    body: str = "",
    finding_id: UUID | None = None,
    file_ids: Sequence[UUID] = (),
) -> None:
    """Add a line to the timeline; the ticket counts as changed."""
    ticket.version += 1
    TicketRepository(uow, ticket.tenant_id).add(
        TicketEntry(
            ticket_id=ticket.ticket_id,
            kind=kind,
            actor=actor,
            body=body,
            finding_id=finding_id,
            file_ids=[str(file_id) for file_id in file_ids],
            at=clock.now(),
        )
    )
    uow.emit(TicketChanged(tenant_id=ticket.tenant_id, ticket_id=ticket.ticket_id))


def act(uow: UnitOfWork, ticket: Ticket, kind: EntryKind, staff: Staff, body: str = "") -> None:
    """A line for what a person of the staff did, in the audit trail as well."""
    note(uow, ticket, kind, actor=staff.name, body=body)
    audit.record(
        uow,
        tenant_id=ticket.tenant_id,
        actor=staff.login,
        action=f"ticket.{kind.value}",
        subject=f"ticket:{ticket.ticket_id}",
        reason=body,
    )
