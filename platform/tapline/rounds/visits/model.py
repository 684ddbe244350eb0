"""Visits of rounds and what was found at them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.rounds.plans.model import RoundKind
from tapline.tables import Table
from tapline.tickets.work_orders.obstacles import Obstacle


class VisitState(StrEnum):
    DUE = "due"
    OPEN = "open"
    """Somebody stands at the machine."""
    DONE = "done"
    DROPPED = "dropped"
    """Its plan ended, or was changed, first."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self in {self.DUE, self.OPEN}


class RoundVisit(Table):
    """At most one open one a plan and machine."""

    __tablename__ = "round_visit"
    __table_args__ = (
        Index(
            "uq_round_visit_open",
            "plan_id",
            "device_id",
            unique=True,
            postgresql_where=text("state in ('due', 'open')"),
        ),
        Index(None, "tenant_id", "state", "due_on"),
        Index(None, "device_id", "due_on"),
        Index(None, "technician_id", "state"),
    )

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("round_plan.plan_id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    name: Mapped[str]
    kind: Mapped[RoundKind]
    items: Mapped[list[Any]]
    photos_min: Mapped[int]
    """Name, kind, checklist and photos as the plan had them."""
    due_on: Mapped[date]
    late_from: Mapped[date]
    """The first day on which it is late."""
    technician_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    state: Mapped[VisitState]
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    escalated_at: Mapped[datetime | None]
    window_from: Mapped[datetime | None]
    window_until: Mapped[datetime | None]
    """The appointment, where one was made."""

    def is_late(self, today: date) -> bool:
        """Whether it is, or was, done after its time."""
        return self.state.is_open and today >= self.late_from


class RoundEntry(Table):
    """What was found, or what was in the way; never changed, but followed by a better one."""

    __tablename__ = "round_entry"
    __table_args__ = (
        UniqueConstraint("visit_id", "request_key"),
        Index(None, "visit_id", "made_at"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("round_visit.visit_id"))
    request_key: Mapped[str]
    """Made with the form: sent twice, it is one."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    answers: Mapped[list[Any]]
    """One for each item, in order; empty where the visit could not be made."""
    flaws: Mapped[list[Any]]
    """Which of them, counted from 0, are not as they should be."""
    obstacle: Mapped[Obstacle | None]
    words: Mapped[str]
    file_ids: Mapped[list[Any]]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.ticket_id"))
    corrects: Mapped[UUID | None] = mapped_column(ForeignKey("round_entry.entry_id"))
