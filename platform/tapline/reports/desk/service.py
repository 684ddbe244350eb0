import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import people
from tapline.errors import NotFoundError
from tapline.people import Scope
from tapline.reconciliation import Finding
from tapline.reports.desk.repository import CardRow, DeskReads, QueueRow
from tapline.reports.estate.repository import EstateReads
from tapline.tickets import Ticket, TicketEntry
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with all that is known of it."""

    row: QueueRow
    findings: Sequence[Finding]
    entries: Sequence[TicketEntry]


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found: at most one ticket and one device, and cards."""

    ticket: Ticket | None
    device_id: str | None
    cards: Sequence[CardRow]


def queue(
    uow: UnitOfWork, *, tenant_id: str, closed: bool = False, limit: int = 200
) -> Sequence[QueueRow]:
    """Tickets to work on, most urgent and oldest first; or those closed, newest first."""
    reads = DeskReads(uow, tenant_id)
    return reads.closed_queue(limit) if closed else reads.open_queue(limit)


def case(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> Case:
    """One ticket with its findings and timeline; `NotFoundError` where it is not the tenant's."""
    reads = DeskReads(uow, tenant_id)
    row = reads.ticket(ticket_id)
    if row is None:
        raise NotFoundError("no such ticket")
    return Case(row, reads.findings_of(ticket_id), reads.entries(ticket_id))


def search(uow: UnitOfWork, *, tenant_id: str, text: str) -> Hits:
    """By ticket number, device id, card number or its end, or the end of a phone number.

    Four characters are needed: fewer would show half of the city.
    """
    text = re.sub(r"\s", "", text)
    if len(text) < 4:
        return Hits(None, None, [])
    reads = DeskReads(uow, tenant_id)
    ticket = reads.by_number(text.upper())
    device = EstateReads(uow, Scope(tenant_id)).device(text.upper())
    holders = people.customers_by_phone_tail(uow, tenant_id=tenant_id, tail=text)
    cards = reads.cards(text, [holder.customer_id for holder in holders], 20)
    return Hits(ticket, device.device_id if device else None, cards)


def cases_of_finding(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> Sequence[Ticket]:
    """The tickets of which a finding is part, newest first."""
    return DeskReads(uow, tenant_id).cases_of_finding(finding_id)


def tickets_of_card(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Sequence[Ticket]:
    """The newest ten tickets about a card."""
    return DeskReads(uow, tenant_id).tickets_of_card(card_no, 10)
