"""Enterprises, what they paid in, whose cards they pay for, and what each of these got."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Enterprise(Table):
    """An employer, say, with an account of prepaid water."""

    __tablename__ = "enterprise"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        CheckConstraint("low_fen >= 0", name="low_not_negative"),
    )

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    name: Mapped[str]
    legal_entity: Mapped[str]
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    """Who is told when the account runs low."""
    low_fen: Mapped[int | None]
    """Below this he is told; null: the policy's."""
    low_since: Mapped[datetime | None]
    """Since when it has been below; null while it is not."""
    created_at: Mapped[datetime]

    @property
    def subject(self) -> str:
        """The enterprise as the audit trail names it."""
        return f"enterprise:{self.enterprise_id}"


class DepositState(StrEnum):
    PROPOSED = "proposed"
    """Waits for a second person."""
    POSTED = "posted"
    REFUSED = "refused"


class Deposit(Table):
    """A bank transfer of an enterprise, as finance recorded it."""

    __tablename__ = "enterprise_deposit"
    __table_args__ = (
        UniqueConstraint("tenant_id", "bank_reference"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(None, "enterprise_id"),
    )

    deposit_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.enterprise_id"))
    amount_fen: Mapped[int]
    bank_reference: Mapped[str]
    """The bank's number of the transfer: one transfer is recorded once."""
    received_on: Mapped[date]
    state: Mapped[DepositState]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it was refused."""


class Member(Table):
    """A card that an enterprise pays for, up to so much a month."""

    __tablename__ = "enterprise_member"
    __table_args__ = (
        Index(
            "uq_enterprise_member_card",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text("left_at is null"),
        ),
        CheckConstraint("monthly_fen > 0", name="share_positive"),
        Index(None, "enterprise_id"),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.enterprise_id"))
    card_no: Mapped[str]
    monthly_fen: Mapped[int]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Allotment(Table):
    """So much of an enterprise's money went to a card at a moment; some may have come back."""

    __tablename__ = "enterprise_allotment"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("taken_back_fen between 0 and amount_fen", name="taken_back_within"),
        Index(None, "member_id", "at"),
    )

    allotment_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise_member.member_id"))
    month: Mapped[date]
    """The first day of the month that it is for."""
    amount_fen: Mapped[int]
    taken_back_fen: Mapped[int] = mapped_column(server_default="0")
    landed_on: Mapped[str]
    """The card that got it: the member's, or the one that replaced it."""
    waits: Mapped[bool]
    """Whether it went where money waits to be written; else the card had it at once."""
    at: Mapped[datetime]

    @property
    def left_fen(self) -> int:
        """What of it the card kept."""
        return self.amount_fen - self.taken_back_fen
