"""Another operator's claim for water that our cards drew at its machines, line by line."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class LineState(StrEnum):
    ACCEPTED = "accepted"
    """The card's counter and balances say the same; it is posted."""
    WAITING = "waiting"
    """No machine of ours has seen the card since: its next tap tells."""
    DISPUTED = "disputed"
    """It does not fit; nothing is posted, and its sender is told why."""


OVERTURNED = "overturned"
"""Why a line is disputed that was accepted before: our own records came later and say otherwise."""


class AbroadStatement(Table):
    """A signed file that was taken, once."""

    __tablename__ = "abroad_statement"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "issuer_id"], ["issuer.tenant_id", "issuer.issuer_id"]),
        Index(None, "tenant_id", "issuer_id", "taken_at"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The sender's number of the file."""
    issuer_id: Mapped[str]
    public_key: Mapped[str]
    """With which it is signed."""
    period_from: Mapped[date]
    period_to: Mapped[date]
    sha256: Mapped[bytes]
    """Of the file as it came."""
    document: Mapped[str]
    made_at: Mapped[datetime]
    taken_by: Mapped[str]
    taken_at: Mapped[datetime]


class AbroadLine(Table):
    """One pour, by the operator's machine and its number there. What was disputed may be claimed
    again; what is accepted never is."""

    __tablename__ = "abroad_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["abroad_statement.tenant_id", "abroad_statement.statement_id"],
        ),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(None, "tenant_id", "card_no", "state"),
        Index(
            "uq_abroad_line_accepted_once",
            "tenant_id",
            "issuer_id",
            "device",
            "seq",
            unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(
            "ix_abroad_line_waiting",
            "tenant_id",
            "judged_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    issuer_id: Mapped[str]
    device: Mapped[str]
    """As its operator calls it: no machine of ours."""
    seq: Mapped[int]
    card_no: Mapped[str]
    atc: Mapped[int]
    """The card's counter after the pour."""
    before_fen: Mapped[int]
    after_fen: Mapped[int]
    amount_fen: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[LineState]
    reason: Mapped[str]
    """Why it is not accepted, as a code; empty where it is."""
    judged_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """Its name in keys of journals."""
        return f"{self.issuer_id}:{self.device}:{self.seq}"


class AbroadCorrection(Table):
    """What its operator asks less, or more again, for a pour that it claimed: by the claim, its
    machine and its number there. Corrections of a pour count from 1, and each is accepted once."""

    __tablename__ = "abroad_correction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["abroad_statement.tenant_id", "abroad_statement.statement_id"],
        ),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
        CheckConstraint("revision > 0", name="revision_counts"),
        Index(
            "uq_abroad_correction_accepted_once",
            "tenant_id",
            "issuer_id",
            "device",
            "seq",
            "revision",
            unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(
            "ix_abroad_correction_waiting",
            "tenant_id",
            "judged_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    issuer_id: Mapped[str]
    mends: Mapped[UUID]
    """The claim that asked for the pour."""
    device: Mapped[str]
    seq: Mapped[int]
    revision: Mapped[int]
    amount_fen: Mapped[int]
    """Below zero where less is asked for."""
    at: Mapped[datetime]
    state: Mapped[LineState]
    reason: Mapped[str]
    judged_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """Its name in keys of journals."""
        return f"{self.issuer_id}:{self.device}:{self.seq}:{self.revision}"
