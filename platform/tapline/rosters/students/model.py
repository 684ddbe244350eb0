"""Students, and the lists that named them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Student(Table):
    """One student of a school, as its last list says."""

    __tablename__ = "student"
    __table_args__ = (
        UniqueConstraint("school_id", "student_no"),
        Index(
            "uq_student_card",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text("card_no is not null"),
        ),
        Index(None, "tenant_id", "school_id", "class_name"),
    )

    student_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    student_no: Mapped[str]
    name: Mapped[str]
    class_name: Mapped[str]
    graduates_on: Mapped[date | None]
    phone: Mapped[str | None]
    born_on: Mapped[date | None]
    guardian_name: Mapped[str | None]
    guardian_phone: Mapped[str | None]
    card_no: Mapped[str | None]
    """Of ours."""
    updated_at: Mapped[datetime]

    @property
    def contact(self) -> str | None:
        """By which phone the student, or whoever stands for him, is reached."""
        return self.phone or self.guardian_phone


class RosterDraft(Table):
    """A list as it was sent, to be looked at before it counts."""

    __tablename__ = "roster_draft"
    __table_args__ = (Index(None, "tenant_id", "uploaded_at"),)

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    name: Mapped[str]
    """As its sender called it."""
    sha256: Mapped[bytes]
    rows: Mapped[list[Any] | None]
    """(line, cells); erased when applied or forgotten: it is about people."""
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    applied_by: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    added: Mapped[int | None]
    changed: Mapped[int | None]
