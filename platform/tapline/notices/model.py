"""Messages to people, waiting for a provider or handed to one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Channel(StrEnum):
    SMS = "sms"


class NoticeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    """The provider took it; that is not yet delivery."""
    FAILED = "failed"
    """Given up: refused, tried too often, or too old to be of use."""


class Notice(Table):
    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_notice_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    dedupe_key: Mapped[str]
    """What it tells, as a key: the same news is told once."""
    channel: Mapped[Channel]
    recipient: Mapped[str]
    text: Mapped[str]
    secret: Mapped[bool]
    """Whether the text is blotted out once it has been sent."""
    state: Mapped[NoticeState]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """When to try next; moved ahead while an attempt is under way."""
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
