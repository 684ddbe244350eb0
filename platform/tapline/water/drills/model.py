"""Drills of a tenant, one a quarter."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Drill(Table):
    __tablename__ = "water_drill"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    """Such as `2026Q4`, by the business calendar."""
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    """The machine, drawn when the quarter began."""
    due_on: Mapped[date]
    planned_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    held_by: Mapped[str | None]
    took_ms: Mapped[int | None]
    from_at: Mapped[datetime | None]
    """The beginning of the window that was looked at."""
    numbers: Mapped[dict[str, Any] | None]
    """What was found, as `traces.Numbers` has it."""
