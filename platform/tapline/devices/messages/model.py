"""The raw inbox behind every fact, and dead letters."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class InboxMessage(Table):
    """A frame that carried money or state, as it came off the wire."""

    __tablename__ = "inbox_message"

    inbox_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str]
    topic: Mapped[str]
    payload: Mapped[bytes]
    received_at: Mapped[datetime]


class LetterEnd(StrEnum):
    REPLAYED = "replayed"
    """It was understood after all, and acted on."""
    DISCARDED = "discarded"
    """A person decided that nothing follows from it. It is kept."""


class DeadLetter(Table):
    """A message that was refused, with the reason. It may name a device that is not ours."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        Index("ix_dead_letter_open", "received_at", postgresql_where=text("resolved_at is null")),
        Index(None, "tenant_id", "dead_letter_id"),
        Index(
            "ix_dead_letter_open_device", "device_id", postgresql_where=text("resolved_at is null")
        ),
    )

    dead_letter_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str | None]
    """Null where the topic names no tenant of ours."""
    device_id: Mapped[str | None]
    vendor: Mapped[str | None]
    """In whose language it is, where that is not ours."""
    topic: Mapped[str]
    payload: Mapped[bytes]
    """Cut at 16 KiB where its sender still has it; `payload_bytes` is its full length."""
    payload_bytes: Mapped[int]
    code: Mapped[str]
    reason: Mapped[str]
    """Of the last time that somebody tried."""
    received_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it was replayed in vain."""
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[LetterEnd | None]
    resolved_by: Mapped[str | None]
    resolution_reason: Mapped[str | None]

    @property
    def is_whole(self) -> bool:
        """Whether all of it was kept."""
        return len(self.payload) == self.payload_bytes
