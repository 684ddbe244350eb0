"""Buckets and deposits that customers brought along when they came to us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class BucketOpening(Table):
    """So many deposits of one size, paid elsewhere; no order of ours names them."""

    __tablename__ = "bucket_opening"
    __table_args__ = (
        CheckConstraint("deposits >= 0 and deposit_fen >= 0", name="not_negative"),
        Index(None, "tenant_id", "customer_id"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """Of its postings."""
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    deposits: Mapped[int]
    deposit_fen: Mapped[int]
    """Of one bucket."""
    opened_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """When it turned out to be a mistake."""
