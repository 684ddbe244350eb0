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
    DESK = "desk"
    """Written down by an agent who saw it."""
    PROPERTY = "property"
    """Told by a property's manager."""
    LABEL = "label"
    """Told by somebody who stood at the machine and read its label."""
    ORDER = "order"
    """A barrel that is late by the clock."""
    PREDICTION = "prediction"
    ROUND = "round"
    """Found on an inspection round."""


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"
    """Planned: nobody waits for an answer."""

    @property
    def raised(self) -> "Priority":
        """One step more urgent."""
        steps = list(Priority)
        return steps[max(0, steps.index(self) - 1)]


class Outcome(StrEnum):
    FIXED = "fixed"
    REFUNDED = "refunded"
    NO_FAULT_FOUND = "no_fault_found"
    DUPLICATE = "duplicate"
    CONFIRMED_PART = "confirmed_part"
    """The part that was foreseen to fail was worn."""
    OTHER_FAULT = "other_fault"
    NOT_VISITED = "not_visited"
    CANCELLED = "cancelled"
    """It should never have been opened."""


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
        Index(None, "customer_id", "opened_at"),
        Index(None, "order_id"),
        Index(None, "prediction_id"),
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
    calm_priority: Mapped[Priority | None]
    """What it was before somebody said that its customer is upset; null: nobody says so."""
    state: Mapped[TicketState]
    facts: Mapped[dict[str, Any]]
    """The figures its headline is made of."""
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    card_no: Mapped[str | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("barrel_order.order_id"))
    call_id: Mapped[UUID | None]
    """The call that it was first told in."""
    prediction_id: Mapped[UUID | None] = mapped_column(ForeignKey("prediction.prediction_id"))
    repeat_of: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.ticket_id"))
    """The same customer's last case of this category, not long ago."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    outcome: Mapped[Outcome | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    clock_from: Mapped[datetime]
    """When it was opened, or reopened: since then the clocks run."""
    respond_due_at: Mapped[datetime | None]
    """When somebody must have answered; null where nobody waits for an answer."""
    resolve_due_at: Mapped[datetime]
    responded_at: Mapped[datetime | None]
    warn_at: Mapped[datetime]
    """When most of the time of the clock in force is gone."""
    warned_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    """When it was noticed that the clock in force, as `warned_at`, has run out."""
    escalated_at: Mapped[datetime | None]
    """When it was last brought before the supervisors."""
    paused_since: Mapped[datetime | None]
    paused_s: Mapped[int] = mapped_column(server_default=text("0"))
    """Working time that the clocks stood still for the customer, pauses that ended."""
    returns: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it was handed back, at the desk or from the field."""
    version: Mapped[int]
    """Counts changes: a page that saves states the version it saw."""

    @property
    def due_at(self) -> datetime:
        """The end of the clock in force: of the first answer until there is one."""
        if self.responded_at is None and self.respond_due_at is not None:
            return self.respond_due_at
        return self.resolve_due_at


class EntryKind(StrEnum):
    OPENED = "opened"
    FINDING = "finding"
    DECIDED = "decided"
    """A person decided a finding; the body has his reason."""
    TAKEN = "taken"
    COMMENT = "comment"
    ASSIGNED = "assigned"
    HANDED_BACK = "handed_back"
    PAUSED = "paused"
    RESUMED = "resumed"
    PAUSE_UNDONE = "pause_undone"
    UPSET = "upset"
    """Whoever spoke with the customer says so."""
    CALM = "calm"
    WARNED = "warned"
    ESCALATED = "escalated"
    FORESEEN = "foreseen"
    DISPATCHED = "dispatched"
    WORK_ACCEPTED = "work_accepted"
    WORK_STARTED = "work_started"
    WORK_SET_BACK = "work_set_back"
    """It could not be done this time, and stays with the technician."""
    WORK_FINISHED = "work_finished"
    WORK_RETURNED = "work_returned"
    WORK_RECALLED = "work_recalled"
    GATHERED = "gathered"
    """It is part of a wider case, which the body names."""
    BACK = "back"
    """The machines that it is about are back."""
    CONFIRMED = "confirmed"
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
    """A staff member's name, `customer:<id>`, or `system`."""
    body: Mapped[str]
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.finding_id"))
    file_ids: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Photos that came with the words."""
    at: Mapped[datetime]


class TicketCounter(Table):
    """The last number given on a business day. Its row lock is the queue for the next one."""

    __tablename__ = "ticket_counter"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
