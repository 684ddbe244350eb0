"""A second account of a machine's sales, and how far it was held against the first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Report(NamedTuple):
    """A sale as a maker's cloud tells it."""

    device_id: str
    ref: int
    """The cloud's own number of it."""
    content_hash: bytes
    inbox_id: int
    """The raw record."""
    card_no: str | None
    amt_fen: int
    bal_after_fen: int | None
    ml: int
    status: str
    moment: datetime | None
    """As the cloud has it."""


class FeedReport(Table):
    """A version of a sale that a cloud told. Rows stay as they are; no money follows them."""

    __tablename__ = "feed_report"
    __table_args__ = (
        Index(None, "tenant_id", "received_at"),
        Index(None, "device_id", "received_at"),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[bytes] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    inbox_id: Mapped[int]
    received_at: Mapped[datetime]
    card_no: Mapped[str | None]
    amt_fen: Mapped[int]
    bal_after_fen: Mapped[int | None]
    ml: Mapped[int]
    status: Mapped[str]
    moment: Mapped[datetime | None]


class FeedWatch(Table):
    """Up to when a tenant's second accounts were held against the first. One row a tenant."""

    __tablename__ = "feed_watch"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    examined_at: Mapped[datetime]
