"""Challenges: who was to tap a card where, and which card was tapped."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ChallengeState(StrEnum):
    WAITING = "waiting"
    """The machine waits for a card."""
    TAPPED = "tapped"
    """A card was tapped: the customer says whether it was his."""
    PROVEN = "proven"
    REJECTED = "rejected"
    """The card that was tapped was somebody else's."""
    EXPIRED = "expired"


class Challenge(Table):
    """One customer, one machine, one tap."""

    __tablename__ = "challenge"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "card_no"], ["card.tenant_id", "card.card_no"], name="fk_challenge_card"
        ),
        Index(
            "uq_challenge_waiting",
            "device_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "tenant_id", "customer_id"),
    )

    challenge_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    command_id: Mapped[str] = mapped_column(unique=True)
    """The command that asks the machine; its answer carries the card."""
    nonce: Mapped[str]
    state: Mapped[ChallengeState]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Until then the card may be tapped; as long again the customer may say that it was his."""
    card_no: Mapped[str | None]
    atc: Mapped[int | None]
    bal_fen: Mapped[int | None]
    tapped_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
