"""Findings, and what each fact owes its card because of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Resolution(StrEnum):
    NONE = "none"
    AUTO = "auto"
    """A machine moved the money."""
    TICKET = "ticket"
    """Money waits for a person."""


class Side(StrEnum):
    """Who is proposed to bear it; a proposal, never shown to customers."""

    OPERATOR = "operator"
    PROPERTY = "property"
    VENDOR = "vendor"
    CUSTOMER = "customer"


class Finding(Table):
    """A difference between what machine, card and ledger say. One row a code and subject."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("code", "device_id", "seq"),
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "detected_at"),
        Index(None, "device_id", "code", "detected_at"),
    )

    finding_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    code: Mapped[str]
    """`D01` … `D28`."""
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    seq: Mapped[int]
    card_no: Mapped[str | None]
    amount_fen: Mapped[int]
    resolution: Mapped[Resolution]
    side: Mapped[Side]
    facts: Mapped[dict[str, Any]]
    """The figures its plain sentence is made of."""
    evidence: Mapped[dict[str, Any]]
    evidence_hash: Mapped[bytes]
    detected_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    retracted_at: Mapped[datetime | None]
    """Set when what arrived later shows that it never was."""


class CorrectionTarget(Table):
    """What a fact owes its card now: the largest of what the rules name. One row a fact."""

    __tablename__ = "correction_target"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    target_fen: Mapped[int]
    code: Mapped[str]
    """The rule that names the largest amount."""
    assurance: Mapped[str]
    """`A` card proof verified, `B` device signature, `C` transport only, `D` vendor cloud."""
    updated_at: Mapped[datetime]
