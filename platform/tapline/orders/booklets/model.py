"""Booklets of water tickets: what is on offer, and who bought which."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Booklet(Table):
    """One version of an offer; never changed. The last one counts, and may end the sale."""

    __tablename__ = "booklet"
    __table_args__ = (
        CheckConstraint("tickets > 0 and price_fen > 0", name="amounts"),
        ForeignKeyConstraint(["tenant_id", "sku"], ["product.tenant_id", "product.sku"]),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    """The product of which a ticket is good for one barrel."""
    tickets: Mapped[int]
    price_fen: Mapped[int]
    """Of all its tickets together."""
    on_sale: Mapped[bool]
    actor: Mapped[str]
    at: Mapped[datetime]


class PurchaseState(StrEnum):
    ASKED = "asked"
    """Waits for the customer's money."""
    LAPSED = "lapsed"
    """Nobody paid in time. Money that arrives all the same brings the tickets."""
    ISSUED = "issued"
    """He has the tickets."""


class BookletPurchase(Table):
    """One booklet that somebody buys, on the terms of the moment when he asked."""

    __tablename__ = "booklet_purchase"
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "request_key"),
        ForeignKeyConstraint(
            ["tenant_id", "code", "version"],
            ["booklet.tenant_id", "booklet.code", "booklet.version"],
        ),
        Index(None, "tenant_id", "customer_id", "sku"),
        Index(
            "ix_booklet_purchase_asked",
            "tenant_id",
            "asked_at",
            postgresql_where=text("state = 'asked'"),
        ),
    )

    purchase_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    request_key: Mapped[str]
    """Of the form that asked: sent again it is the same purchase."""
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    code: Mapped[str]
    version: Mapped[int]
    sku: Mapped[str]
    tickets: Mapped[int]
    price_fen: Mapped[int]
    state: Mapped[PurchaseState]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    """The payment that brought the tickets."""
    asked_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The purchase as payments and the ledger name it."""
        return f"booklet:{self.purchase_id}"
