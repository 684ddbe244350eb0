"""Payments: what customers were asked for, and what of it arrived."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PaymentState(StrEnum):
    CREATED = "created"
    """The customer was asked."""
    PAID = "paid"
    CLOSED = "closed"
    """Nobody paid in time. Money that arrives all the same makes it paid."""


class Payment(Table):
    """One request for money. `subject` is what it pays for, e.g. `order:<id>`."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "out_trade_no"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(None, "tenant_id", "subject"),
        Index(None, "tenant_id", "provider", "paid_at"),
        Index(
            "uq_payment_open",
            "tenant_id",
            "subject",
            unique=True,
            postgresql_where=text("state = 'created'"),
        ),
        Index("ix_payment_due", "due_at", postgresql_where=text("state = 'created'")),
        Index(
            "uq_payment_provider_trade_no",
            "tenant_id",
            "provider",
            "provider_trade_no",
            unique=True,
            postgresql_where=text("provider_trade_no is not null"),
        ),
    )

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    provider: Mapped[str]
    subject: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    out_trade_no: Mapped[str]
    """The order's number at the provider, given by us, never used again."""
    amount_fen: Mapped[int]
    credits: Mapped[list[Any]]
    """What the money is for once it is here: accounts and amounts. Empty: it was brought along."""
    state: Mapped[PaymentState]
    provider_trade_no: Mapped[str | None]
    payer: Mapped[str | None]
    """Who paid, masked, as the provider tells it."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """Kept when money arrives after all."""
    queries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime]
    """When to ask the provider next, while nobody has paid."""
    error: Mapped[str | None]
    """What the provider last said that does not fit."""

    @property
    def paid_late(self) -> bool:
        """Whether the money came when we had given it up: what it was for may be gone."""
        return self.state is PaymentState.PAID and self.closed_at is not None
