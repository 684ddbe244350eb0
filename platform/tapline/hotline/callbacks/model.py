from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class CallBackState(StrEnum):
    PROMISED = "promised"
    """Not due yet: the day has to begin, or a pause to end."""
    QUEUED = "queued"
    """It waits for an agent, in the place that the caller had."""
    ON_LINE = "on_line"
    """The customer calls again himself: the promise rests while he is on the line."""
    CALLING = "calling"
    DONE = "done"
    FAILED = "failed"
    """Tried as often as promised; the customer was told by SMS."""
    CANCELLED = "cancelled"


LIVE = (
    CallBackState.PROMISED,
    CallBackState.QUEUED,
    CallBackState.ON_LINE,
    CallBackState.CALLING,
)


class CallBackReason(StrEnum):
    BUSY = "busy"
    """Nobody was free for as long as the queue lets a caller wait."""
    NIGHT = "night"
    """The flow promised it."""


class CallBack(Table):
    """At most one open promise a caller and hotline number, however often he calls."""

    __tablename__ = "call_back"
    __table_args__ = (
        Index(
            "uq_call_back_open",
            "tenant_id",
            "number",
            "phone",
            unique=True,
            postgresql_where=text("state in ('promised', 'queued', 'on_line', 'calling')"),
        ),
        Index("ix_call_back_due", "due_at", postgresql_where=text("state = 'promised'")),
    )

    callback_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    number: Mapped[str] = mapped_column(ForeignKey("hotline_number.number"))
    phone: Mapped[str]
    state: Mapped[CallBackState]
    reason: Mapped[CallBackReason]
    intent: Mapped[str | None]
    urgent: Mapped[bool]
    effective_at: Mapped[datetime]
    """Since when its place in the queue counts: since the caller began to wait."""
    due_at: Mapped[datetime]
    """Not to be made before."""
    attempts: Mapped[int]
    origin_call_id: Mapped[UUID] = mapped_column(ForeignKey("call.call_id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("call.call_id"))
    """Our last call, or the caller's own that made it needless."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def work_id(self) -> str:
        """The router's name of it."""
        return f"callback:{self.callback_id}"
