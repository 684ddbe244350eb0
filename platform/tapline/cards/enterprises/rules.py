"""What a member is due, and what can be taken back. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar


class _Given(Protocol):
    """An allotment, as far as these rules look."""

    @property
    def month(self) -> date: ...
    @property
    def left_fen(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def waits(self) -> bool: ...


G = TypeVar("G", bound=_Given)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def due_fen(monthly_fen: int, given: Iterable[_Given], month: date) -> int:
    """What a member has still to get for this month."""
    had_fen = sum(one.left_fen for one in given if one.month == month)
    return max(0, monthly_fen - had_fen)


def unwritten(given: Iterable[G], leases: Sequence[datetime]) -> list[G]:
    """Those that still wait, oldest first: no machine was handed a voucher since they came.

    `leases` are the moments at which vouchers of the card were leased that were not voided.
    """
    last = max(leases, default=None)
    waiting = [one for one in given if one.waits and one.left_fen and (not last or one.at > last)]
    return sorted(waiting, key=lambda one: one.at)
