from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select

from tapline.cards import Card
from tapline.devices import Device
from tapline.people import Customer, Staff
from tapline.reconciliation import Finding
from tapline.refunds import Refund, RefundState
from tapline.sites import Site
from tapline.tickets import EntryKind, Priority, Ticket, TicketEntry, TicketState
from tapline.uow import UnitOfWork


class QueueRow(NamedTuple):
    """A ticket with the names around it."""

    ticket: Ticket
    site: Site | None
    device: Device | None
    owner: Staff | None


class CardRow(NamedTuple):
    """A card and who holds it."""

    card: Card
    customer: Customer | None


_PRIORITY_ORDER = case(
    {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}, value=Ticket.priority
)


class DeskReads:
    """Tickets and cards of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def open_queue(self, limit: int) -> Sequence[QueueRow]:
        """What is not closed: most urgent first, then oldest."""
        return self._rows(
            self._tickets()
            .where(Ticket.state != TicketState.CLOSED)
            .order_by(_PRIORITY_ORDER, Ticket.opened_at)
            .limit(limit)
        )

    def closed_queue(self, limit: int) -> Sequence[QueueRow]:
        """What was closed, newest first."""
        return self._rows(
            self._tickets()
            .where(Ticket.state == TicketState.CLOSED)
            .order_by(Ticket.closed_at.desc())
            .limit(limit)
        )

    def ticket(self, ticket_id: UUID) -> QueueRow | None:
        rows = self._rows(self._tickets().where(Ticket.ticket_id == ticket_id))
        return rows[0] if rows else None

    def by_number(self, number: str) -> Ticket | None:
        return self._session.scalar(
            select(Ticket).where(Ticket.tenant_id == self._tenant_id, Ticket.number == number)
        )

    def _tickets(self) -> "Select[Ticket, Site, Device, Staff]":
        return (
            select(Ticket, Site, Device, Staff)
            .outerjoin(Device, Device.device_id == Ticket.device_id)
            .outerjoin(Site, Site.site_id == func.coalesce(Ticket.site_id, Device.site_id))
            .outerjoin(Staff, Staff.staff_id == Ticket.owner_id)
            .where(Ticket.tenant_id == self._tenant_id)
        )

    def _rows(self, tickets: "Select[Ticket, Site, Device, Staff]") -> list[QueueRow]:
        return [QueueRow(*row) for row in self._session.execute(tickets)]

    def counts(self) -> tuple[int, datetime | None]:
        """(open tickets, since when the oldest waits)."""
        row = self._session.execute(
            select(func.count(), func.min(Ticket.opened_at)).where(
                Ticket.tenant_id == self._tenant_id, Ticket.state != TicketState.CLOSED
            )
        ).one()
        return row[0], row[1]

    def refunds_waiting(self) -> tuple[int, datetime | None]:
        """(refunds a person must decide, since when the oldest waits)."""
        row = self._session.execute(
            select(func.count(), func.min(Refund.created_at)).where(
                Refund.tenant_id == self._tenant_id, Refund.state == RefundState.REVIEW
            )
        ).one()
        return row[0], row[1]

    def findings_of(self, ticket_id: UUID) -> Sequence[Finding]:
        """What was found and put to this ticket, newest first."""
        return (
            self._session.scalars(
                select(Finding)
                .join(TicketEntry, TicketEntry.finding_id == Finding.finding_id)
                .where(
                    Finding.tenant_id == self._tenant_id,
                    TicketEntry.ticket_id == ticket_id,
                    TicketEntry.kind.in_([EntryKind.OPENED, EntryKind.FINDING]),
                )
                .order_by(Finding.detected_at.desc())
            )
            .unique()
            .all()
        )

    def entries(self, ticket_id: UUID) -> Sequence[TicketEntry]:
        """The ticket's timeline, oldest first."""
        return self._session.scalars(
            select(TicketEntry)
            .where(TicketEntry.ticket_id == ticket_id)
            .order_by(TicketEntry.position)
        ).all()

    def cards(self, text: str, customer_ids: Sequence[UUID], limit: int) -> Sequence[CardRow]:
        """Cards whose number is or ends in `text`, or which these customers hold."""
        rows = self._session.execute(
            select(Card, Customer)
            .outerjoin(Customer, Customer.customer_id == Card.customer_id)
            .where(
                Card.tenant_id == self._tenant_id,
                or_(
                    Card.card_no.endswith(text, autoescape=True),
                    Card.customer_id.in_(customer_ids),
                ),
            )
            .order_by(Card.card_no)
            .limit(limit)
        )
        return [CardRow(*row) for row in rows]

    def cases_of_finding(self, finding_id: UUID) -> Sequence[Ticket]:
        """The tickets that name a finding, newest first."""
        named = select(TicketEntry.ticket_id).where(TicketEntry.finding_id == finding_id).distinct()
        return self._session.scalars(
            select(Ticket)
            .where(Ticket.tenant_id == self._tenant_id, Ticket.ticket_id.in_(named))
            .order_by(Ticket.opened_at.desc())
        ).all()

    def tickets_of_card(self, card_no: str, limit: int) -> Sequence[Ticket]:
        return self._session.scalars(
            select(Ticket)
            .where(Ticket.tenant_id == self._tenant_id, Ticket.card_no == card_no)
            .order_by(Ticket.opened_at.desc())
            .limit(limit)
        ).all()
