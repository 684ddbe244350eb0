"""Adjustments: a journal that a person asks for, and who decided about it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class AdjustmentState(StrEnum):
    PROPOSED = "proposed"
    POSTED = "posted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Adjustment(Table):
    """A transfer between two accounts, or the reversal of a journal (`reverses`, its key)."""

    __tablename__ = "ledger_adjustment"
    __table_args__ = (
        Index(None, "tenant_id", "state", "proposed_at"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(reverses is null) = (debit_code is not null)", name="kind"),
        CheckConstraint("(debit_code is null) = (credit_code is null)", name="both_sides"),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
    )

    adjustment_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    state: Mapped[AdjustmentState]
    reverses: Mapped[str | None]
    debit_code: Mapped[str | None]
    credit_code: Mapped[str | None]
    unit: Mapped[str]
    amount: Mapped[int]
    """Of the unit; of a reversal what the journal moved."""
    about: Mapped[str | None]
    """The subject that the journal is counted to, such as `payment:<id>` on a clearing account."""
    reason: Mapped[str]
    evidence: Mapped[str]
    """Where it can be read: a bill, a ticket, a letter."""
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    policy_version: Mapped[int]
    decided_by: Mapped[str | None]
    """Who approved, rejected or withdrew it; the proposer where policy lets him alone."""
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    """Why it was rejected or withdrawn."""

    @property
    def key(self) -> str:
        """The idempotency key of its journal: a journal is reversed once."""
        return f"rev:{self.reverses}" if self.reverses else f"adj:{self.adjustment_id}"
