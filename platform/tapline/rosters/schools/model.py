"""Schools and their year."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PeriodKind(StrEnum):
    TERM = "term"
    HOLIDAY = "holiday"
    """Within a term, days on which the students are away."""


class School(Table):
    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    name: Mapped[str]
    created_at: Mapped[datetime]


class SchoolSite(Table):
    """A site belongs to one school at most."""

    __tablename__ = "school_site"
    __table_args__ = (Index(None, "school_id"),)

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    tenant_id: Mapped[str]


class SchoolPeriod(Table):
    """A term or a holiday, both days included."""

    __tablename__ = "school_period"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period_forward"),
        Index(None, "school_id", "starts_on"),
    )

    period_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    kind: Mapped[PeriodKind]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
