"""Differences between a provider's word and our books, until they are gone or somebody decides."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class BreakKind(StrEnum):
    PAID_THERE = "paid_there"
    """Paid at the provider, and not with us."""
    PAID_HERE = "paid_here"
    """Paid with us, and on no bill."""
    AMOUNT = "amount"
    PAID_AGAIN = "paid_again"
    """A second payment of what was paid already."""
    TWICE = "twice"
    """On bills twice."""
    REFUNDED_THERE = "refunded_there"
    REFUNDED_HERE = "refunded_here"
    """Paid back as we know, and on no bill."""
    BOOKED = "booked"
    """Payment and bill agree; the ledger has another amount."""


class BreakEnd(StrEnum):
    HEALED = "healed"
    """Both sides came to say the same."""
    ACCEPTED = "accepted"
    """Somebody says why it may stand."""
    RETURNED = "returned"
    """The money goes back to who paid it."""


class ProviderBreak(Table):
    """One difference. `number` is the provider's of a payment, ours of a refund."""

    __tablename__ = "provider_break"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "kind", "number"),
        CheckConstraint("proposed_by <> ended_by", name="two_persons"),
        Index(None, "bill_id"),
        Index("ix_provider_break_open", "tenant_id", postgresql_where=text("ended_at is null")),
        Index("ix_provider_break_ask", "ask_at", postgresql_where=text("ask_at is not null")),
    )

    break_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    provider: Mapped[str]
    kind: Mapped[BreakKind]
    number: Mapped[str]
    day: Mapped[date]
    """The business day whose bill has it, or would have it."""
    bill_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider_bill.bill_id"))
    """Null where the provider told us before any bill did."""
    line: Mapped[int | None]
    """Of the bill."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout.payout_id"))
    ours_fen: Mapped[int]
    """What our books have of it."""
    theirs_fen: Mapped[int]
    happened_at: Mapped[datetime | None]
    """The provider's moment."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """From here on it is a finding: what asking could mend is mended."""
    ask_at: Mapped[datetime | None]
    """When to ask the provider about it; null: no question is open."""
    asked_at: Mapped[datetime | None]
    answer: Mapped[str]
    """What the provider said, in short."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    proposed_by: Mapped[str | None]
    """Who wants to return the money; somebody else confirms."""
    reason: Mapped[str]
    end: Mapped[BreakEnd | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    @property
    def stake_fen(self) -> int:
        """What the provider has, or gave, beyond our books; negative where it is less."""
        return self.theirs_fen - self.ours_fen

    @property
    def is_unbooked_payment(self) -> bool:
        """Whether somebody paid what our books have nothing of, and asking will not book it."""
        known = self.kind is BreakKind.PAID_THERE and self.payment_id is not None
        paid = self.kind in {BreakKind.PAID_THERE, BreakKind.PAID_AGAIN, BreakKind.AMOUNT}
        unbooked = self.ours_fen == 0 and self.theirs_fen > 0
        return paid and unbooked and not known and self.payout_id is None
