"""What does not fit, as values; and when it is more than a delay. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tapline import clock
from tapline.payments.breaks.model import BreakKind

_FINDING_AFTER = timedelta(hours=10, minutes=30)
"""After the end of the day: bills are there from 10:00 on."""
_ASKING_TAKES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A break as it should be noted; see `ProviderBreak`."""

    kind: BreakKind
    number: str
    ours_fen: int
    theirs_fen: int
    line: int | None = None
    payment_id: UUID | None = None
    payout_id: UUID | None = None
    happened_at: datetime | None = None

    @property
    def may_heal(self) -> bool:
        """Whether the provider's own word, asked for, may put it right."""
        by_payment = self.kind is BreakKind.PAID_THERE and self.payment_id is not None
        by_payout = self.kind is BreakKind.REFUNDED_THERE and self.payout_id is not None
        return by_payment or by_payout


def due_at(day: date, opened_at: datetime) -> datetime:
    """When a break of `day` is a finding: T+1 10:30, and not before the provider was asked."""
    half_past_ten = clock.begins(day + timedelta(days=1)) + _FINDING_AFTER
    return max(half_past_ten, opened_at + _ASKING_TAKES)
