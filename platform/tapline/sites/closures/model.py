"""Times in which a site, or one machine of it, is not used, and nobody need wonder at silence."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ClosureKind(StrEnum):
    HOLIDAY = "holiday"
    """Everybody is away."""
    CLOSED = "closed"
    """The house is shut."""
    POWER_OFF = "power_off"
    """Its owner cuts the power, and has said so."""


class Closure(Table):
    __tablename__ = "site_closure"
    __table_args__ = (
        CheckConstraint("ends_at is null or began_at < ends_at", name="closure_forward"),
        Index(None, "tenant_id", "site_id", "began_at"),
    )

    closure_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    device_id: Mapped[str | None]
    """The one machine that it is about; null: all of the site."""
    kind: Mapped[ClosureKind]
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """The first moment after it; null: nobody knows yet."""
    words: Mapped[str]
    source: Mapped[str]
    """`hand`, or whose calendar it follows: `school:<id>`."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    """When it was announced: who reckons availability asks whether that was in time."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
