"""Vouchers: money owed to a purse, leased to one machine until it is written or the lease ends."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class VoucherState(StrEnum):
    LEASED = "leased"
    WRITTEN = "written"
    VOID = "void"
    """The lease ended and no write was reported, or a failed one; one that is reported later still
    counts."""


class Voucher(Table):
    __tablename__ = "voucher"
    __table_args__ = (
        Index(
            "uq_voucher_open",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text("state = 'leased'"),
        ),
    )

    voucher_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    card_no: Mapped[str] = mapped_column(index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    amount_fen: Mapped[int]
    bonus_fen: Mapped[int]
    """Of the amount, what will be bonus again once written."""
    state: Mapped[VoucherState]
    leased_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    asked_atc: Mapped[int | None]
    """The card's counter and purse at the tap for which it was leased."""
    asked_bal_fen: Mapped[int | None]
    torn_seq: Mapped[int | None]
    """The report that the card left while it was being written: its next tap decides."""
    resolved_at: Mapped[datetime | None]
    written_seq: Mapped[int | None]


class LoadRequest(Table):
    """A device's question, so that the same question gets the same answer."""

    __tablename__ = "load_request"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    req: Mapped[str] = mapped_column(primary_key=True)
    voucher_id: Mapped[str | None] = mapped_column(ForeignKey("voucher.voucher_id"))
    asked_at: Mapped[datetime]
