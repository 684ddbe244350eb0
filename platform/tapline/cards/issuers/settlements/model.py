"""Settlements as issued: they and their lines never change."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class LineKind(StrEnum):
    POUR = "pour"
    CORRECTION = "correction"
    """A pour restated or given back after it was charged."""
    AGAIN = "again"
    """A line that was rejected before and is claimed once more: no new money."""


class Settlement(Table):
    """One settlement file. What comes late or changes later stands in a later one."""

    __tablename__ = "issuer_settlement"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "issuer_id"], ["issuer.tenant_id", "issuer.issuer_id"]),
        UniqueConstraint("tenant_id", "issuer_id", "number"),
        CheckConstraint("period_from <= period_to", name="period_forward"),
    )

    settlement_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    issuer_id: Mapped[str]
    number: Mapped[int]
    """Counts an issuer's settlements from 1."""
    period_from: Mapped[date]
    period_to: Mapped[date]
    """Business dates. Lines dated before `period_from` came late."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    lines: Mapped[int]
    total_fen: Mapped[int]
    """What the pours and corrections come to."""
    again_fen: Mapped[int]
    """What is claimed once more, on top."""
    commission_fen: Mapped[int]
    """Of the total, what the issuer keeps."""
    sha256: Mapped[bytes]
    """Of the file as CSV."""
    read_through: Mapped[int]
    """Every entry of the issuer's account up to this version is claimed, or is no line."""

    @property
    def payable_fen(self) -> int:
        """What the issuer should transfer for the new lines."""
        return self.total_fen - self.commission_fen


class SettlementLine(Table):
    """A line: one posting to the issuer's account, named by its key."""

    __tablename__ = "issuer_settlement_line"
    __table_args__ = (
        UniqueConstraint("settlement_id", "key"),
        Index(
            "uq_issuer_line_claimed_once",
            "tenant_id",
            "key",
            "issuer_id",
            unique=True,
            postgresql_where=sql("kind <> 'again'"),
        ),
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "issuer_id", "device_id", "seq"),
    )

    settlement_id: Mapped[UUID] = mapped_column(
        ForeignKey("issuer_settlement.settlement_id"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    issuer_id: Mapped[str]
    key: Mapped[str]
    """`dev:{device}:{seq}` for a pour; the journal's key for what came after."""
    kind: Mapped[LineKind]
    device_id: Mapped[str]
    seq: Mapped[int]
    card_no: Mapped[str]
    event_at: Mapped[datetime]
    site: Mapped[str]
    spot: Mapped[str]
    amount_fen: Mapped[int]
    """Negative where less is asked for than before."""
    evidence: Mapped[bytes]
    """SHA-256 of the fact as the machine signed it."""

    def values(self) -> dict[str, Any]:
        """The line by column."""
        return {column.name: getattr(self, column.name) for column in self.__table__.columns}
