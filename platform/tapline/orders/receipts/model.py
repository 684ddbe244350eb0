"""Doubts about deliveries: the customer's counts, and the courier's answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Answer(StrEnum):
    CUSTOMER_RIGHT = "customer_right"
    AS_COUNTED = "as_counted"
    """The courier stands by what he counted."""


class DeliveryDoubt(Table):
    """What a customer says of one delivery. Said once; the counts of both sides stay."""

    __tablename__ = "delivery_doubt"
    __table_args__ = (
        CheckConstraint("buckets_given >= 0", name="buckets_not_negative"),
        Index(None, "tenant_id", "said_at"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("barrel_order.order_id"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    counted: Mapped[dict[str, Any]]
    """The courier's count of barrels by sku, as it was."""
    counted_buckets: Mapped[int]
    received: Mapped[dict[str, Any]]
    """The customer's, by sku."""
    buckets_given: Mapped[int]
    """Empties that he says he gave back."""
    words: Mapped[str]
    said_at: Mapped[datetime]
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
