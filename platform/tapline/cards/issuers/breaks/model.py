"""Where an issuer's answer and our settlement differ, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class BreakKind(StrEnum):
    REJECTED = "rejected"
    AMOUNT = "amount"
    """Accepted, with another amount than ours."""
    UNKNOWN = "unknown"
    """A line that our settlement does not have."""
    DUPLICATE = "duplicate"
    """A line answered before, or twice."""


class BreakResolution(StrEnum):
    LOSS = "loss"
    """We give it up, though we are right."""
    CORRECT = "correct"
    """They are right: the water was not sold to them."""
    AGAIN = "again"
    """Claimed once more, in the next settlement."""
    NOTED = "noted"
    """No money of ours is in it; they were told."""

    @property
    def moves_money(self) -> bool:
        """Whether it takes two persons."""
        return self in {BreakResolution.LOSS, BreakResolution.CORRECT}


class IssuerBreak(Table):
    """A difference between our settlement and the issuer's answer, until somebody settles it."""

    __tablename__ = "issuer_break"
    __table_args__ = (
        UniqueConstraint("settlement_id", "kind", "key"),
        CheckConstraint("proposed_by <> decided_by", name="two_persons"),
        Index(None, "tenant_id", "issuer_id", "resolved_at"),
    )

    break_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    issuer_id: Mapped[str]
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("issuer_settlement.settlement_id"))
    claimed_in: Mapped[UUID | None] = mapped_column(ForeignKey("issuer_settlement.settlement_id"))
    """Where the line was first claimed: it may have been answered as claimed again."""
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("issuer_answer.answer_id"))
    kind: Mapped[BreakKind]
    key: Mapped[str]
    """As the answer names the line."""
    line: Mapped[int | None]
    """Of our settlement; null where it has no such line."""
    ours_fen: Mapped[int]
    theirs_fen: Mapped[int]
    words: Mapped[str]
    """The reason that the issuer gave."""
    opened_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    resolution: Mapped[BreakResolution | None]
    """Proposed, and in force from `resolved_at` on."""
    reason: Mapped[str]
    proposed_by: Mapped[str | None]
    decided_by: Mapped[str | None]
    """Somebody else than who proposed it; null where no money moves."""
    resolved_at: Mapped[datetime | None]
    restored_fen: Mapped[int] = mapped_column(server_default="0")
    """Of what was given up, what a later correction of the pour made superfluous."""
    claimed_again_in: Mapped[UUID | None] = mapped_column(
        ForeignKey("issuer_settlement.settlement_id")
    )

    @property
    def stake_fen(self) -> int:
        """What of our claim the issuer does not accept."""
        return self.ours_fen - self.theirs_fen if self.line is not None else 0
