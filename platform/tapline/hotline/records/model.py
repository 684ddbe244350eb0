from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.hotline.calls.model import Direction, Outcome
from tapline.tables import Table


class CallRecord(Table):
    """A projection of `call_event`: it can be thrown away and folded again."""

    __tablename__ = "call_record"
    __table_args__ = (
        Index(None, "tenant_id", "begun_at"),
        Index(None, "tenant_id", "ani", "begun_at"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.call_id"), primary_key=True)
    tenant_id: Mapped[str]
    number: Mapped[str]
    ani: Mapped[str]
    direction: Mapped[Direction]
    intent: Mapped[str | None]
    begun_at: Mapped[datetime]
    """The first moment that any event tells of."""
    arrived_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    ringing_at: Mapped[datetime | None]
    """When the telephone rang that was answered, or rang last."""
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    """None while it goes on."""
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    """Who talked."""
    hangup_side: Mapped[str]
    cause: Mapped[str]
    keys: Mapped[str]
    """What the caller pressed, in order; secrets excepted."""
    wait_s: Mapped[int | None]
    """In the queue, until answered or given up."""
    ring_s: Mapped[int | None]
    talk_s: Mapped[int | None]
    """Hold included."""
    hold_s: Mapped[int]
    recording: Mapped[dict[str, Any] | None]
