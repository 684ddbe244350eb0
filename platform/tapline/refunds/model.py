"""Refunds: the decision, and the money that followed it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RefundKind(StrEnum):
    TXN_REVERSAL = "txn_reversal"


class RefundState(StrEnum):
    SETTLED = "settled"
    """All of the amount decided is posted."""
    REVIEW = "review"
    """Policy keeps a machine from deciding; a person must."""
    REJECTED = "rejected"


class Refund(Table):
    """One decision about one subject. A pour has at most one, whose amount is restated."""

    __tablename__ = "refund"
    __table_args__ = (
        Index(
            "uq_refund_pour",
            "device_id",
            "seq",
            unique=True,
            postgresql_where=text("kind = 'txn_reversal'"),
        ),
        Index(None, "tenant_id", "card_no", "updated_at"),
        Index(None, "tenant_id", "state"),
    )

    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    kind: Mapped[RefundKind]
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    seq: Mapped[int | None]
    card_no: Mapped[str]
    amount_fen: Mapped[int]
    """Decided, or asked for while in review."""
    posted_fen: Mapped[int]
    """Really given back so far."""
    state: Mapped[RefundState]
    automatic: Mapped[bool]
    reason: Mapped[str]
    """The rule that named the amount, or the policy that stopped the machine."""
    policy_version: Mapped[int]
    revision: Mapped[int]
    """How often money was posted; part of the journal's key."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RefundStep(Table):
    """A line of a refund's timeline; never changed."""

    __tablename__ = "refund_step"
    __table_args__ = (Index(None, "refund_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refund.refund_id"))
    state: Mapped[str]
    actor: Mapped[str]
    change_fen: Mapped[int]
    reason: Mapped[str]
    at: Mapped[datetime]
