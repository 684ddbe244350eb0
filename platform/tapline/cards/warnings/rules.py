"""When a card's holder is told something. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tapline.cards.warnings.model import Kind
from tapline.ledger import CardBalance
from tapline.policy import Policy


def matters(money: CardBalance, failures: int, policy: Policy) -> Iterator[Kind]:
    """What is the matter with a card that has failed `failures` times within the window."""
    if money.balance_fen < policy.card_low_fen:
        yield Kind.LOW
    if money.receivable_fen > 0:
        yield Kind.ARREARS
    if failures >= policy.card_failing_findings:
        yield Kind.FAILING


def is_due(kind: Kind, money: CardBalance, since: datetime, now: datetime, policy: Policy) -> bool:
    """Whether its holder is to be told of what has stood `since`.

    Who owes is told of that, and not that he has little; small debts wait for the next top-up.
    """
    if kind is Kind.LOW:
        return money.receivable_fen == 0
    if kind is Kind.ARREARS:
        patience = timedelta(days=policy.card_arrears_days)
        return money.receivable_fen > policy.card_arrears_fen or now - since >= patience
    return True
