"""Stops: one row a machine and cause, from the first sign to the release."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class StopCause(StrEnum):
    UV = "uv"
    """The lamp failed."""
    MEMBRANE = "membrane"
    """It lets salts through."""
    TDS = "tds"
    """More is dissolved than may be, or far more than before."""
    LABORATORY = "laboratory"
    """A sample failed."""
    HAND = "hand"
    """Somebody saw, smelt or was told."""


class WaterStop(Table):
    """Open until `released_at`; at most one open per machine and cause."""

    __tablename__ = "water_stop"
    __table_args__ = (
        Index(
            "uq_water_stop_open",
            "device_id",
            "cause",
            unique=True,
            postgresql_where=text("released_at is null"),
        ),
        Index(None, "tenant_id", "opened_at"),
    )

    stop_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    cause: Mapped[StopCause]
    evidence: Mapped[dict[str, Any]]
    """The first sign: readings, the sample, somebody's words."""
    signs: Mapped[int]
    """How often it has shown itself."""
    last_sign_at: Mapped[datetime]
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("water_sample.sample_id"))
    """The sample that failed."""
    stopped_by: Mapped[str]
    """A login, or `system`."""
    opened_at: Mapped[datetime]
    own_stop_at: Mapped[datetime | None]
    """When the machine said that it had stopped by itself."""
    command_id: Mapped[str]
    """The last command that told it to stop."""
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    release_sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("water_sample.sample_id"))
    release_words: Mapped[str | None]
    release_command_id: Mapped[str | None]
    """Null where something else still forbids the sale."""
