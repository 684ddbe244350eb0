"""Transfers of issuers to our bank."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table

SET_OFF = "set-off "
"""What the reference begins with where no bank moved it: we owed as much ourselves."""


class Receipt(Table):
    """One transfer, by the bank's reference; never changed."""

    __tablename__ = "issuer_receipt"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "issuer_id"], ["issuer.tenant_id", "issuer.issuer_id"]),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    issuer_id: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    """The bank's."""
    amount_fen: Mapped[int]
    value_date: Mapped[date]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]
