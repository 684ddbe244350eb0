"""What an answer about an order means for a payment, and when to ask again. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from tapline.errors import InvalidError
from tapline.ledger import Account
from tapline.payments.breaks.model import BreakKind
from tapline.payments.gateway import Trade, TradeStatus
from tapline.payments.model import Payment, PaymentState

ATTEMPT = timedelta(seconds=60)
"""How long a call is trusted to be under way before another process may make it again."""
FIRST_QUERY = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=30)


def pause(queries: int) -> timedelta:
    """How long to wait after the `queries`-th question: 10 s, doubling, at most half an hour."""
    return min(FIRST_QUERY * (1 << min(queries, 10)), _LONGEST_PAUSE)


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Whether the customer's time to pay has ended."""
    return expires_at <= now


def next_question(expires_at: datetime, queries: int, now: datetime) -> datetime:
    """When to ask about a payment again: ever later, but at its end at the latest."""
    later = now + pause(queries)
    return later if is_over(expires_at, now) else min(later, expires_at)


@dataclass(frozen=True, slots=True)
class Credit:
    """A share of a payment, and the account that it belongs to once the money is here."""

    account: Account
    amount_fen: int


def stored(shares: Sequence[Credit], amount_fen: int) -> list[Any]:
    """The credits as JSON; refused unless they are positive and make up the amount."""
    if min((share.amount_fen for share in shares), default=0) <= 0:
        raise InvalidError("every credit of a payment is above zero")
    total_fen = sum(share.amount_fen for share in shares)
    if total_fen != amount_fen:
        raise InvalidError(f"the credits make up {total_fen} fen of the {amount_fen} to be paid")
    return [[*share.account, share.amount_fen] for share in shares]


def restored(stored_credits: Sequence[Any]) -> list[Credit]:
    """The credits that `stored` kept."""
    return [Credit(Account(*account), amount_fen) for *account, amount_fen in stored_credits]


class Verdict(StrEnum):
    """What became of something that a provider told."""

    APPLIED = "applied"
    REPEATED = "repeated"
    """Known already: nothing moved."""
    SET_ASIDE = "set_aside"
    """It does not fit what we know: nothing moved, and a person must look."""


class Judgement(NamedTuple):
    """A verdict, and the reason of one that sets aside."""

    verdict: Verdict
    reason: str = ""


APPLIED = Judgement(Verdict.APPLIED)
REPEATED = Judgement(Verdict.REPEATED)


def set_aside(reason: str) -> Judgement:
    """The judgement on what does not fit."""
    return Judgement(Verdict.SET_ASIDE, reason)


def judge_paid(*, amount_fen: int, paid_as: str | None, trade: Trade) -> Judgement:
    """Whether money reported for a payment is the money asked for.

    `paid_as` is the provider's number that it was paid under before, if it was.
    """
    if trade.status is not TradeStatus.PAID:
        return REPEATED
    if trade.provider_trade_no is None or trade.paid_at is None:
        return set_aside("paid, but without the provider's number or moment")
    if trade.amount_fen != amount_fen:
        return set_aside(f"paid {trade.amount_fen} fen of {amount_fen} fen asked for")
    if paid_as is None:
        return APPLIED
    if paid_as == trade.provider_trade_no:
        return REPEATED
    return set_aside(f"paid a second time, as {trade.provider_trade_no}")


def misfit(payment: Payment | None, number: str) -> tuple[BreakKind, int]:
    """What is wrong with money paid under `number`, and what our books have of it in fen."""
    if payment is None:
        return BreakKind.PAID_THERE, 0
    if payment.state is not PaymentState.PAID:
        return BreakKind.AMOUNT, 0
    if payment.provider_trade_no != number:
        return BreakKind.PAID_AGAIN, 0
    return BreakKind.AMOUNT, payment.amount_fen
