"""Campaigns: terms that never change once proposed; another campaign follows one that ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Campaign(Table):
    """A promise of bonus, in force from `since` until `until` once a second person approved it."""

    __tablename__ = "bonus_campaign"
    __table_args__ = (
        CheckConstraint("since < until", name="some_time"),
        CheckConstraint("fixed_fen >= 0 and per_mille >= 0", name="not_negative"),
        CheckConstraint("proposed_by <> approved_by", name="two_persons"),
        Index(None, "tenant_id", "until"),
    )

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    name: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    paid_fen_min: Mapped[int]
    """From this payment on."""
    fixed_fen: Mapped[int]
    per_mille: Mapped[int]
    """Of what is paid, besides the fixed amount."""
    customer_fen_max: Mapped[int]
    """The most that one customer gets out of it."""
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    """Before its time; or refused, if it was never approved."""
