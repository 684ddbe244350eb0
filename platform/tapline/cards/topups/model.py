"""Top-ups: money that a customer paid for a card, from the question to the card."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Channel(StrEnum):
    PAYMENT = "payment"
    """Through a payment provider, by the customer."""
    CASH = "cash"
    """To a colleague with a till."""


class TopUpState(StrEnum):
    ASKED = "asked"
    """Waits for the customer's money."""
    LAPSED = "lapsed"
    """Nobody paid in time. Money that arrives all the same is put on the card."""
    LANDED = "landed"
    """The card has it: at once where the balance is with us, else waiting for a tap."""
    STRANDED = "stranded"
    """It was paid, and the card had ended: it goes back the way it came."""
    UNDONE = "undone"
    """Cash, given back from the till within minutes."""


class TopUp(Table):
    """One top-up. What was asked, promised and paid never changes."""

    __tablename__ = "topup"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_key"),
        Index(
            "uq_topup_receipt_no",
            "tenant_id",
            "receipt_no",
            unique=True,
            postgresql_where=text("receipt_no is not null"),
        ),
        CheckConstraint("amount_fen > 0 and bonus_fen >= 0", name="amounts"),
        CheckConstraint("returned_fen between 0 and amount_fen", name="returned_within"),
        Index(None, "tenant_id", "card_no", "topup_id"),
        Index(None, "tenant_id", "landed_on"),
        Index(None, "tenant_id", "customer_id"),
        Index("ix_topup_asked", "tenant_id", "asked_at", postgresql_where=text("state = 'asked'")),
    )

    topup_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    request_key: Mapped[str]
    """Of the form that asked: sent again it is the same top-up."""
    card_no: Mapped[str]
    """The card that it was meant for."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    channel: Mapped[Channel]
    state: Mapped[TopUpState]
    amount_fen: Mapped[int]
    bonus_fen: Mapped[int]
    """Promised on top, by the campaign."""
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("bonus_campaign.campaign_id"))
    returned_fen: Mapped[int] = mapped_column(server_default="0")
    """Of the amount, what was given back since."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    """The payment that arrived."""
    till_id: Mapped[UUID | None] = mapped_column(ForeignKey("till.till_id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    """Who took the cash."""
    receipt_no: Mapped[str | None]
    asked_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    landed_on: Mapped[str | None]
    """The card that has it: the one meant, or the one that replaced it."""
    landed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Lapsed or undone."""

    @property
    def subject(self) -> str:
        """The top-up as payments and the ledger name it."""
        return f"topup:{self.topup_id}"

    @property
    def total_fen(self) -> int:
        """What the card gets: paid and promised."""
        return self.amount_fen + self.bonus_fen


class ReceiptCounter(Table):
    """The last receipt of a business day. Its row lock is the queue for the next one."""

    __tablename__ = "topup_receipt_counter"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
