"""Work orders: what one technician does on the spot for one ticket."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table
from tapline.tickets.model import Outcome


class WorkOrderState(StrEnum):
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ON_SITE = "on_site"
    FINISHED = "finished"
    RETURNED = "returned"
    """The technician gave it back."""
    RECALLED = "recalled"
    """The desk took it back."""

    @property
    def is_open(self) -> bool:
        """Whether the technician still has it."""
        return self in {self.DISPATCHED, self.ACCEPTED, self.ON_SITE}


class WorkOrder(Table):
    """At most one open one a ticket."""

    __tablename__ = "work_order"
    __table_args__ = (
        Index(
            "uq_work_order_open",
            "ticket_id",
            unique=True,
            postgresql_where=text("state in ('dispatched', 'accepted', 'on_site')"),
        ),
        Index(None, "tenant_id", "technician_id", "state"),
        Index(None, "ticket_id", "made_at"),
    )

    work_order_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    number: Mapped[str]
    """The ticket's, and which of its work orders: `T2611210042-1`."""
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    state: Mapped[WorkOrderState]
    made_by: Mapped[str]
    """A staff member's name, or `system`."""
    words: Mapped[str]
    """What the desk asks for."""
    made_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    """When the technician was there."""
    ended_at: Mapped[datetime | None]
    window_from: Mapped[datetime | None]
    window_until: Mapped[datetime | None]
    """The appointment, where one was made."""
    waits_for: Mapped[str | None]
    """The part without which nobody need go."""
    code_hash: Mapped[bytes | None]
    """Of the code that the customer was sent, to say at the machine that it is settled."""
    code_tries: Mapped[int] = mapped_column(server_default=text("0"))
    outcome: Mapped[Outcome | None]
    parts: Mapped[dict[str, Any]]
    """What was built in: how many of which part."""
    report: Mapped[str]
    """The technician's words at its end."""
    file_ids: Mapped[list[Any]]
    """Photos, by their id as text."""
