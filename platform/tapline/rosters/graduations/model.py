"""Graduations: whose cards shall be given up, who allowed it, and how far it has come."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class CardStep(StrEnum):
    WAITING = "waiting"
    """To be given up once the graduation is approved."""
    ASKED = "asked"
    """The refund is asked for, and not decided."""
    APPROVED = "approved"
    """Decided by who approved the graduation, or by machine."""
    AT_DESK = "at_desk"
    """Disputed, or beyond what the approver may decide: the desk decides."""
    NO_HOLDER = "no_holder"
    """Nobody is known whom the money could be paid to; goes on once somebody is."""
    FAILED = "failed"
    """It cannot be given up as it is: a person has to look."""

    @property
    def goes_on(self) -> bool:
        """Whether time or somebody else's act may bring it further."""
        return self in {CardStep.WAITING, CardStep.ASKED, CardStep.NO_HOLDER}


class Graduation(Table):
    __tablename__ = "graduation"
    __table_args__ = (
        CheckConstraint("proposed_by <> approved_by", name="two_persons"),
        Index(None, "tenant_id", "school_id"),
    )

    graduation_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.school_id"))
    class_name: Mapped[str | None]
    """Those of this class, or of all."""
    graduates_by: Mapped[date | None]
    """Those who graduate up to this day, or on any."""
    cards: Mapped[int]
    balance_fen: Mapped[int]
    """On these cards when it was proposed."""
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class GraduationCard(Table):
    """One card of a graduation."""

    __tablename__ = "graduation_card"
    __table_args__ = (
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "step"),
    )

    graduation_id: Mapped[UUID] = mapped_column(
        ForeignKey("graduation.graduation_id"), primary_key=True
    )
    card_no: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.student_id"))
    balance_fen: Mapped[int]
    """When it was proposed."""
    is_disputed: Mapped[bool]
    """Whether a finding about the card waited for a person then."""
    step: Mapped[CardStep]
    refund_id: Mapped[UUID | None]
    obstacle: Mapped[str | None]
    reminders: Mapped[int]
    reminded_at: Mapped[datetime | None]
