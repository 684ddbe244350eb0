"""Flushes of machines whose water stood."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class FlushCause(StrEnum):
    OPENING = "opening"
    """A site that was closed opens again: until it is done, the machine sells nothing."""
    STAGNANT = "stagnant"
    """Nobody drew water for long, though they could."""


class Flush(Table):
    """A machine to be flushed for a day; one row a machine and day."""

    __tablename__ = "machine_flush"
    __table_args__ = (
        Index(None, "tenant_id", "opens_on"),
        Index(None, "site_id", "opens_on"),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    opens_on: Mapped[date] = mapped_column(primary_key=True)
    """The day on which somebody may drink of it again."""
    tenant_id: Mapped[str]
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    cause: Mapped[FlushCause]
    still_since: Mapped[datetime | None]
    """When water last ran; null where it never did."""
    command_id: Mapped[str]
    """The last command that asked for it."""
    stop_id: Mapped[str | None]
    """The command that stopped the sale for it; null where it was stopped, or never was."""
    ended_at: Mapped[datetime | None]
    """When it was done and the sale let go."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    """Somebody who flushed it by hand, or saw that it need not be."""
    words: Mapped[str]
