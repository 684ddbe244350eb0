"""Samples and what the laboratory found; a report once entered stays as it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Verdict(StrEnum):
    WAITING = "waiting"
    """At the laboratory."""
    PASSED = "passed"
    FAILED = "failed"
    """At least one value lies beyond its limit."""
    PARTIAL = "partial"
    """Nothing lies beyond, and not everything that counts was tested: it releases no machine."""


class Sample(Table):
    __tablename__ = "water_sample"
    __table_args__ = (
        CheckConstraint("(device_id is null) <> (lot is null)", name="machine_or_lot"),
        Index(None, "tenant_id", "device_id", "taken_at"),
        Index(None, "tenant_id", "lot", "taken_at"),
    )

    sample_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    lot: Mapped[str | None]
    """Of barrels, as it is printed on them."""
    taken_at: Mapped[datetime]
    taken_by: Mapped[str]
    """A login."""
    note: Mapped[str]
    laboratory: Mapped[str]
    report_no: Mapped[str]
    readings: Mapped[dict[str, Any]]
    """What was found: whole numbers by the names of `rules.PARAMETERS`, in their scale."""
    limits: Mapped[dict[str, Any]]
    """[low, high] of each, as they were when it was judged; null: no such limit."""
    beyond: Mapped[list[Any]]
    """The names of what lies beyond."""
    verdict: Mapped[Verdict]
    policy_version: Mapped[int | None]
    reported_by: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    file_ids: Mapped[list[Any]]
    """The laboratory's report, photos."""

    @property
    def subject(self) -> str:
        """What it speaks of, as the audit trail names it."""
        return f"device:{self.device_id}" if self.device_id else f"lot:{self.lot}"
