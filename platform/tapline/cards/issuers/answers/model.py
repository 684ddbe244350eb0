"""What issuers say to settlements."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class AnswerVerdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Answer(Table):
    """An answer file that was taken, once."""

    __tablename__ = "issuer_answer"
    __table_args__ = (UniqueConstraint("settlement_id", "sha256"),)

    answer_id: Mapped[UUID] = mapped_column(primary_key=True)
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("issuer_settlement.settlement_id"))
    tenant_id: Mapped[str]
    name: Mapped[str]
    """As its sender called it."""
    sha256: Mapped[bytes]
    accepted: Mapped[int]
    """How many lines."""
    rejected: Mapped[int]
    breaks: Mapped[int]
    taken_at: Mapped[datetime]
    taken_by: Mapped[str]


class AnsweredLine(Table):
    """The issuer's word on one line of a settlement; the first one counts."""

    __tablename__ = "issuer_answered_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["settlement_id", "line"],
            ["issuer_settlement_line.settlement_id", "issuer_settlement_line.line"],
        ),
    )

    settlement_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("issuer_answer.answer_id"))
    verdict: Mapped[AnswerVerdict]
    amount_fen: Mapped[int]
    reason: Mapped[str]
