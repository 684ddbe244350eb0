"""What people decided about findings: the last one that stands counts."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class DecisionState(StrEnum):
    PROPOSED = "proposed"
    """Waits for a second person."""
    STANDS = "stands"
    REFUSED = "refused"
    """A second person did not agree."""
    OVERTAKEN = "overtaken"
    """A later decision counts."""


class FindingDecision(Table):
    """One decision about one finding."""

    __tablename__ = "finding_decision"
    __table_args__ = (
        Index(None, "finding_id"),
        Index(
            "uq_finding_decision_standing",
            "finding_id",
            unique=True,
            postgresql_where=text("state = 'stands'"),
        ),
        Index(
            "uq_finding_decision_proposed",
            "finding_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "ix_finding_decision_card",
            "tenant_id",
            "card_no",
            postgresql_where=text("state = 'stands'"),
        ),
        CheckConstraint("state <> 'stands' or decided_at is not null", name="decided"),
    )

    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.finding_id"))
    code: Mapped[str]
    subject: Mapped[str]
    """Of the finding."""
    card_no: Mapped[str | None]
    """Of the finding: a judgement of this card hears of the decision."""
    choice: Mapped[str]
    """The name of what is true; `none` where nothing of it is, `open` where the chain shall say."""
    seen: Mapped[list[Any]]
    """The names of all that there was to choose from: what comes later is to be decided anew."""
    stake_fen: Mapped[int]
    reason: Mapped[str]
    state: Mapped[DecisionState]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    """Who confirmed or refused it; the proposer where policy lets him alone."""
    decided_at: Mapped[datetime | None]
