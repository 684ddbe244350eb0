from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Supply(StrEnum):
    """What a site's meter for the machines counts."""

    ELECTRICITY = "electricity"
    """In watt-hours."""
    WATER = "water"
    """In litres."""


class MeterReading(Table):
    """What somebody read off a site's meter. Append-only: a mistake is read again for the same
    day, and the last word for a day counts."""

    __tablename__ = "utility_reading"
    __table_args__ = (
        Index(None, "site_id", "supply", "day"),
        CheckConstraint("amount >= 0", name="amount_counts_up"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    reading_id: Mapped[UUID] = mapped_column(unique=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    supply: Mapped[Supply]
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[int]
    """As the meter shows it: watt-hours, or litres."""
    begins: Mapped[bool]
    """A meter that was put in on this day: nothing is reckoned up to it."""
    file_ids: Mapped[list[Any]]
    """Photos, by their id as text."""
    actor: Mapped[str]
    """A login."""
    at: Mapped[datetime]
