"""Payouts: legs of a refund, each along the route that the money came, or by hand."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class PayoutState(StrEnum):
    """Where a leg stands. Only an answer moves one on, never the passing of time."""

    CREATED = "created"
    SENT = "sent"
    """Being handed to the provider: whether he has it is known after the call."""
    UNKNOWN = "unknown"
    """The call gave no answer: he is asked until he gives one."""
    PROCESSING = "processing"
    """Accepted, which is not success."""
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    """The provider cannot: finance pays by hand."""
    CLOSED = "closed"
    """The provider gave it up: finance pays by hand."""
    BY_HAND = "by_hand"
    """Somebody of finance says it is transferred; a second person has to confirm."""
    PAID_BY_HAND = "paid_by_hand"
    CONFLICT = "conflict"
    """Transferred by hand, and the provider paid after all: somebody has it twice."""

    @property
    def is_paid(self) -> bool:
        """Whether the customer has his money."""
        return self in {
            PayoutState.SUCCEEDED,
            PayoutState.PAID_BY_HAND,
            PayoutState.CONFLICT,
        }

    @property
    def needs_hand(self) -> bool:
        """Whether it is finance's turn to transfer."""
        return self in {PayoutState.ABNORMAL, PayoutState.CLOSED}


ASKED_ABOUT = (PayoutState.SENT, PayoutState.UNKNOWN, PayoutState.PROCESSING)
"""States in which the provider is the one who knows."""


class Payout(Table):
    """One leg. What was decided about it never changes: subject, leg, payment, amount, number."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject", "leg"),
        UniqueConstraint("tenant_id", "out_refund_no"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("hand_executor_id <> hand_confirmer_id", name="two_persons"),
        Index(None, "payment_id"),
        Index(None, "tenant_id", "ended_at"),
        Index(
            "ix_payout_due",
            "due_at",
            postgresql_where=text("state in ('created', 'sent', 'unknown', 'processing')"),
        ),
    )

    payout_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    subject: Mapped[str]
    """What it belongs to, e.g. `refund:<id>`."""
    leg: Mapped[int]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    """Null: no payment that we know of, so a transfer by hand from the beginning."""
    out_refund_no: Mapped[str]
    """The refund's number at the provider: given here, the same at each try, for good."""
    amount_fen: Mapped[int]
    state: Mapped[PayoutState]
    attempts: Mapped[int] = mapped_column(server_default="0")
    """How often it was handed to the provider."""
    queries: Mapped[int] = mapped_column(server_default="0")
    """How often he was asked about it since."""
    attempted_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    provider_refund_no: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the money arrived, or when it was clear that this route ends here."""
    hand_executor_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    hand_payee: Mapped[str | None]
    hand_reference: Mapped[str | None]
    """The bank's number of the transfer."""
    hand_recorded_at: Mapped[datetime | None]
    hand_confirmer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    hand_confirmed_at: Mapped[datetime | None]


class PayoutStep(Table):
    """A line of a payout's history; never changed."""

    __tablename__ = "payout_step"
    __table_args__ = (Index(None, "payout_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.payout_id"))
    state: Mapped[PayoutState]
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
