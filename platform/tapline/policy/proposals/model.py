from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DROPPED = "dropped"
    """Refused by somebody else, or taken back."""


class PolicyProposal(Table):
    """What somebody wants to hold instead, and who decided about it."""

    __tablename__ = "policy_proposal"
    __table_args__ = (
        Index(None, "tenant_id", "state", "proposed_at"),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
        CheckConstraint("state <> 'accepted' or decided_by <> proposed_by", name="second_person"),
    )

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    state: Mapped[ProposalState]
    based_on: Mapped[int]
    """The version that it changes."""
    values: Mapped[dict[str, Any]]
    """By parameter, what shall hold."""
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    version: Mapped[int | None]
    """What it became."""
