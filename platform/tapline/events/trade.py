"""Payments, orders and refunds."""

from dataclasses import dataclass
from uuid import UUID

from tapline.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPaid(Event):
    """A customer's money arrived: `subject` is what it pays, e.g. `order:<id>`."""

    payment_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpStranded(Event):
    """Money was paid for a card that had ended meanwhile: it rests with the top-up."""

    topup_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutQueued(Event):
    """Money waits to be sent back through a provider."""

    payout_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutEnded(Event):
    """A provider confirmed a payout, or will not make it: `subject` is what it belongs to."""

    payout_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundChanged(Event):
    """A refund that a customer or an agent asked for took a step."""

    refund_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletPaidAgain(Event):
    """A booklet of water tickets was paid twice: the second payment is to be given back."""

    purchase_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """An order was placed, paid, sent, delivered, is late or was cancelled."""

    order_id: UUID
