"""Flushes before a return."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Flush(Table):
    """A machine to be flushed before a day; one row a machine and day."""

    __tablename__ = "school_flush"
    __table_args__ = (Index(None, "tenant_id", "school_id", "opens_on"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    opens_on: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    still_since: Mapped[datetime | None]
    """When water last ran; null where it never did."""
    command_id: Mapped[str]
    """The last command that asked for it."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    """Somebody who flushed it by hand, or saw that it need not be."""
    words: Mapped[str]
