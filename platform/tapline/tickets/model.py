"""Tickets: one case per problem, whatever the channel it came by."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class TicketState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Source(StrEnum):
    DISCREPANCY = "discrepancy"
    PORTAL = "portal"
    HOTLINE = "hotline"
    PREDICTION = "prediction"


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


class Outcome(StrEnum):
    FIXED = "fixed"
    REFUNDED = "refunded"
    NO_FAULT_FOUND = "no_fault_found"
    DUPLICATE = "duplicate"


class Ticket(Table):
    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index(
            "uq_ticket_open_subject",
            "tenant_id",
            "subject",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(None, "tenant_id", "state", "opened_at"),
    )

    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    number: Mapped[str]
    """What people say on the phone: `T` and digits, e.g. `T2611210042`."""
    subject: Mapped[str]
    """What it is about, as a key: at most one open ticket a subject, e.g. `device:WD-0001:D01`."""
    source: Mapped[Source]
    category: Mapped[str]
    priority: Mapped[Priority]
    state: Mapped[TicketState]
    facts: Mapped[dict[str, Any]]
    """The figures its headline is made of."""
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    card_no: Mapped[str | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    outcome: Mapped[Outcome | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int]
    """Counts changes: a page that saves states the version it saw."""


class EntryKind(StrEnum):
    OPENED = "opened"
    FINDING = "finding"
    TAKEN = "taken"
    COMMENT = "comment"
    CLOSED = "closed"
    REOPENED = "reopened"


class TicketEntry(Table):
    """A line of a ticket's timeline; never changed."""

    __tablename__ = "ticket_entry"
    __table_args__ = (Index(None, "ticket_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    kind: Mapped[EntryKind]
    actor: Mapped[str]
    """A staff member's name, or `system`."""
    body: Mapped[str]
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.finding_id"))
    at: Mapped[datetime]


class TicketCounter(Table):
    """The last number given on a business day. Its row lock is the queue for the next one."""

    __tablename__ = "ticket_counter"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
