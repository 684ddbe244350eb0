"""Times in which nothing was heard of a machine."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Return(StrEnum):
    """What a machine's first word after its silence says about it."""

    POWER = "power"
    """It started anew, for it had had no power."""
    LINE = "line"
    """It had run on: only its line was away."""
    RESTART = "restart"
    """It started anew for another reason."""


class Darkness(Table):
    """A machine was dark; at most one that is not over a machine."""

    __tablename__ = "darkness"
    __table_args__ = (
        CheckConstraint("ended_at is null or began_at <= ended_at", name="forward"),
        UniqueConstraint("device_id", "began_at"),
        Index(
            "uq_darkness_open", "device_id", unique=True, postgresql_where=text("ended_at is null")
        ),
        Index(None, "tenant_id", "began_at"),
        Index(None, "incident_id"),
    )

    darkness_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.site_id"))
    """Where it stood when it went dark."""
    began_at: Mapped[datetime]
    """When it was last heard."""
    found_at: Mapped[datetime]
    """When it had been silent for long enough to say so."""
    ended_at: Mapped[datetime | None]
    """When it was heard again."""
    boot: Mapped[int | None]
    """Its count of starts when it went."""
    returned: Mapped[Return | None]
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("outage_incident.incident_id"))
    told_at: Mapped[datetime | None]
    """When somebody was to look after it alone: no incident had taken it in for so long."""
