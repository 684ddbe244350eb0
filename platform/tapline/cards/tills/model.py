"""Tills and what was counted in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Till(Table):
    """The cash of one colleague; what it should hold is the account `cash:<till_id>`."""

    __tablename__ = "till"
    __table_args__ = (UniqueConstraint("tenant_id", "staff_id"),)

    till_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    name: Mapped[str]
    opened_at: Mapped[datetime]


class Handover(Table):
    """A till counted, and its cash taken to the bank; never changed."""

    __tablename__ = "till_handover"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_key"),
        Index(None, "till_id", "at"),
        CheckConstraint("counted_fen >= 0", name="counted_not_negative"),
    )

    handover_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    till_id: Mapped[UUID] = mapped_column(ForeignKey("till.till_id"))
    request_key: Mapped[str]
    expected_fen: Mapped[int]
    """What the books said."""
    counted_fen: Mapped[int]
    reason: Mapped[str]
    """Why it differs; empty where it does not."""
    counted_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    at: Mapped[datetime]
