"""How a share is rounded. Pure."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tapline.clock import BUSINESS_ZONE


class Accrual(NamedTuple):
    """A day's share, and the site's exact share since the beginning, in thousandths of a fen."""

    share_fen: int
    exact: int


def accrue(before_exact: int, revenue_fen: int, per_mille: int) -> Accrual:
    """A day's share: what the rounded total has grown by.

    Rounding each day for itself would lose up to half a fen a day for ever. The total is rounded
    instead, half up: whatever days a revenue is spread over, in any order, their shares add up to
    the share of the whole.
    """
    exact = before_exact + revenue_fen * per_mille
    return Accrual(half_up(exact) - half_up(before_exact), exact)


def half_up(thousandths: int) -> int:
    """Whole fen of thousandths of a fen; a half goes up, below zero as well."""
    return (thousandths + 500) // 1000


def day_begin(day: date) -> datetime:
    """The moment at which a business day begins."""
    return datetime.combine(day, time(), BUSINESS_ZONE)


def day_end(day: date) -> datetime:
    """The moment at which a business day is over."""
    return day_begin(day + timedelta(days=1))
