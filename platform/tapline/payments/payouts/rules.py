"""How a leg moves on: what an answer of the provider does to it, and what stops it at birth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tapline.errors import ConflictError, InvalidError
from tapline.payments.gateway import RefundReport, RefundStatus
from tapline.payments.model import Payment, PaymentState
from tapline.payments.payouts.model import ASKED_ABOUT, PayoutState
from tapline.payments.providers import limits_of


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a refund along one route; `payment_id` None: no route but a bank transfer."""

    payment_id: UUID | None
    amount_fen: int


class Obstacle(StrEnum):
    """Why nothing can go back the way it came."""

    NO_PAYMENT = "no_payment"
    TOO_OLD = "too_old"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Refundable:
    """What of a payment may still go back, and what keeps it from the original route."""

    payment: Payment
    remaining_fen: int
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Used:
    """What was decided of one payment so far: its legs, and their sum."""

    legs: int = 0
    amount_fen: int = 0


_ANSWERED = {
    RefundStatus.PROCESSING: PayoutState.PROCESSING,
    RefundStatus.SUCCEEDED: PayoutState.SUCCEEDED,
    RefundStatus.ABNORMAL: PayoutState.ABNORMAL,
    RefundStatus.CLOSED: PayoutState.CLOSED,
}


def next_state(state: PayoutState, status: RefundStatus) -> PayoutState:
    """Where an answer takes a leg. Answers may come late and in any order; none leads back."""
    if status is RefundStatus.SUCCEEDED:
        return _paid_after_all(state)
    if state not in {PayoutState.CREATED, *ASKED_ABOUT}:
        return state
    if status is RefundStatus.NOT_FOUND:
        # Never arrived: to be sent again, under the same number. What he had, he still has.
        return state if state is PayoutState.PROCESSING else PayoutState.CREATED
    return _ANSWERED[status]


def _paid_after_all(state: PayoutState) -> PayoutState:
    if state in {PayoutState.BY_HAND, PayoutState.PAID_BY_HAND, PayoutState.CONFLICT}:
        return PayoutState.CONFLICT
    return PayoutState.SUCCEEDED


def misfit(report: RefundReport, amount_fen: int) -> str | None:
    """Why a report cannot be about the leg that its number names."""
    if report.status is RefundStatus.NOT_FOUND or report.amount_fen == amount_fen:
        return None
    return f"the provider says {report.amount_fen} fen, decided were {amount_fen} fen"


def obstacle(payment: Payment | None, used: Used, now: datetime) -> Obstacle | None:
    """What keeps one more leg from the payment's route."""
    if payment is None:
        return Obstacle.NO_PAYMENT
    limits = limits_of(payment.provider)
    assert payment.paid_at is not None
    if limits.is_too_old(payment.paid_at, now):
        return Obstacle.TOO_OLD
    return Obstacle.TOO_MANY if used.legs >= limits.partial_refunds_max else None


def check(legs: Sequence[Leg], payments: Mapping[UUID, Payment], used: Mapping[UUID, Used]) -> None:
    """Refuse legs that give back more of a payment than is left of it.

    Raises:
        InvalidError: a leg of nothing.
        ConflictError: a payment is unknown or unpaid, or would be exceeded.
    """
    asked_fen: dict[UUID, int] = {}
    for leg in legs:
        if leg.amount_fen <= 0:
            raise InvalidError(f"a leg pays out above zero, not {leg.amount_fen} fen")
        if leg.payment_id is not None:
            before_fen = asked_fen.get(leg.payment_id, 0)
            asked_fen[leg.payment_id] = before_fen + leg.amount_fen
    for payment_id, amount_fen in asked_fen.items():
        payment = payments.get(payment_id)
        if payment is None or payment.state is not PaymentState.PAID:
            raise ConflictError(f"payment {payment_id} is not paid: nothing can go back on it")
        left_fen = payment.amount_fen - used.get(payment_id, Used()).amount_fen
        if amount_fen > left_fen:
            raise ConflictError(
                f"payment {payment_id} has {left_fen} fen left to give back, not {amount_fen}"
            )
