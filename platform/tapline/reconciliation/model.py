"""Findings, and what each fact owes its card because of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.devices import Assurance
from tapline.reconciliation.chain import FactKey
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
        UniqueConstraint("tenant_id", "code", "subject"),
        Index(None, "tenant_id", "card_no"),
        Index(None, "tenant_id", "detected_at"),
        Index(None, "device_id", "code", "detected_at"),
        Index(None, "device_id", "seq"),
    )

    finding_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    code: Mapped[str]
    """`D01` … `D28`."""
    subject: Mapped[str]
    """What it is about: `dev:{device}:{seq}` a fact, `card:{no}`, `card:{no}:{atc}`,
    `device:{id}`, `device:{id}:{date}`, or another noun's name."""
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    seq: Mapped[int | None]
    """Of the fact that it is about, if it is about one."""
    card_no: Mapped[str | None]
    amount_fen: Mapped[int]
    needs_person: Mapped[bool]
    """Whether it waits until somebody decides."""
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

    @property
    def fact(self) -> FactKey | None:
        """The fact that it is about, if it is about one."""
        if self.device_id is None or self.seq is None:
            return None
        return FactKey(self.device_id, self.seq)


class CorrectionTarget(Table):
    """What a fact owes its card now: the largest of what the rules name. One row a fact."""

    __tablename__ = "correction_target"
    __table_args__ = (Index(None, "tenant_id", "updated_at"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str]
    target_fen: Mapped[int]
    code: Mapped[str]
    """The rule that names the largest amount."""
    assurance: Mapped[Assurance]
    updated_at: Mapped[datetime]


class RestoreTarget(Table):
    """What a purse lacks now because records of what it paid never came: to be written back."""

    __tablename__ = "restore_target"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    atc: Mapped[int] = mapped_column(primary_key=True)
    """Where the card was next seen."""
    target_fen: Mapped[int]
    updated_at: Mapped[datetime]


class CardRecheck(Table):
    """A card of which something will be true by the clock alone."""

    __tablename__ = "card_recheck"
    __table_args__ = (Index(None, "tenant_id", "due_at"),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    card_no: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
