"""Barrels on offer, with what one costs now; an order keeps the prices of its own day."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Product(Table):
    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price_fen > 0", name="price_positive"),
        CheckConstraint("deposit_fen >= 0", name="deposit_not_negative"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    price_fen: Mapped[int]
    """Of the water in one barrel."""
    deposit_fen: Mapped[int]
    """For the bucket itself, given back when it is; 0 for one that is thrown away."""
