"""How the cashier treats an order: drawn by seed and share, unless somebody chose."""

import random
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

Kind = TypeVar("Kind")


class Notify(StrEnum):
    """When a merchant hears of what happened."""

    IN_TIME = "in_time"
    LATE = "late"
    TWICE = "twice"
    NEVER = "never"
    """Not until he asks."""


class Refunding(StrEnum):
    """What becomes of a refund that was accepted."""

    AFTER_A_WHILE = "after_a_while"
    AT_ONCE = "at_once"
    ABNORMAL = "abnormal"
    """It cannot reach the payer's account."""


NOTIFY_PERCENT: Mapping[Notify, int] = {
    Notify.IN_TIME: 70,
    Notify.LATE: 10,
    Notify.TWICE: 10,
    Notify.NEVER: 10,
}
REFUNDING_PERCENT: Mapping[Refunding, int] = {
    Refunding.AFTER_A_WHILE: 85,
    Refunding.AT_ONCE: 10,
    Refunding.ABNORMAL: 5,
}

LATE = timedelta(seconds=30)
REFUND_TAKES = timedelta(seconds=4)

RETRY_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""Pauses between attempts to deliver a notification, as WeChat Pay documents them."""


def notify_of(seed: int, number: int) -> Notify:
    """How the merchant of the `number`-th order is notified."""
    return _drawn(NOTIFY_PERCENT, random.Random(f"notify:{seed}:{number}"))  # noqa: S311


def refunding_of(seed: int, number: int) -> Refunding:
    """How refunds of the `number`-th order go."""
    return _drawn(REFUNDING_PERCENT, random.Random(f"refund:{seed}:{number}"))  # noqa: S311


def _drawn(shares: Mapping[Kind, int], dice: random.Random) -> Kind:
    return dice.choices(list(shares), weights=list(shares.values()))[0]


def pause(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th failed delivery; None: it is given up."""
    return timedelta(seconds=RETRY_S[attempts - 1]) if attempts <= len(RETRY_S) else None
