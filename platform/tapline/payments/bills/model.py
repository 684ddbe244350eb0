"""Daily bills of payment providers, line by line, as they came."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class BillState(StrEnum):
    AWAITED = "awaited"
    MALFORMED = "malformed"
    """It came, and cannot be read: nothing of it is matched."""
    READ = "read"
    """Its lines are known, and held against our books."""


class LineKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class ProviderBill(Table):
    """What a provider says of one business day. Once read it never changes."""

    __tablename__ = "provider_bill"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "day"),
        Index(None, "state", "due_at"),
    )

    bill_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    provider: Mapped[str]
    day: Mapped[date]
    state: Mapped[BillState]
    due_at: Mapped[datetime]
    """When to ask for it next, while it is awaited."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    """Why the last attempt brought nothing."""
    flaws: Mapped[list[Any]]
    """What cannot be read: line, code, column and value of each."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.file_id"))
    read_at: Mapped[datetime | None]
    line_count: Mapped[int] = mapped_column(server_default="0")
    paid_fen: Mapped[int] = mapped_column(server_default="0")
    refunded_fen: Mapped[int] = mapped_column(server_default="0")
    fee_fen: Mapped[int] = mapped_column(server_default="0")
    """What the provider keeps; negative where it gives back more than it takes."""


class BillLine(Table):
    """A line of a bill, in fen."""

    __tablename__ = "provider_bill_line"
    __table_args__ = (Index(None, "kind", "number"),)

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("provider_bill.bill_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    """As the file counts, from 1."""
    kind: Mapped[LineKind]
    number: Mapped[str]
    """The provider's of a payment, ours of a refund."""
    out_trade_no: Mapped[str]
    amount_fen: Mapped[int]
    fee_fen: Mapped[int]
    at: Mapped[datetime]
