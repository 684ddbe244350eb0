"""What was used between two readings, and what it costs. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from tapline.errors import InvalidError

_UNIT = 1000
"""Watt-hours in a kWh, litres in a cubic metre; thousandths of a fen in a fen."""
AMOUNT_MAX = 10**12


class Read(Protocol):
    """A reading, as far as it is reckoned with."""

    @property
    def day(self) -> date: ...
    @property
    def amount(self) -> int: ...
    @property
    def begins(self) -> bool: ...


R = TypeVar("R", bound=Read)


class Used(NamedTuple):
    """What a meter counted from one reading to the next, the later one's day included."""

    since: date
    day: date
    before: int
    after: int

    @property
    def amount(self) -> int:
        """Watt-hours, or litres."""
        return self.after - self.before


def standing(readings: Iterable[R]) -> list[R]:
    """The last word for each day, by day. `readings` come in the order they were written."""
    by_day = {reading.day: reading for reading in readings}
    return [by_day[day] for day in sorted(by_day)]


def used(readings: Iterable[Read]) -> list[Used]:
    """What was used up to each reading, of those that stand; 0 up to a meter that begins."""
    found: list[Used] = []
    before: Read | None = None
    for reading in readings:
        if before is not None:
            start = reading.amount if reading.begins else before.amount
            found.append(Used(before.day, reading.day, start, reading.amount))
        before = reading
    return found


def cost_fen(amount: int, price_millifen: int) -> int:
    """What so many Wh or litres cost at thousandths of a fen per kWh or m3; a half goes up."""
    whole = _UNIT * _UNIT
    return (amount * price_millifen + whole // 2) // whole


def check(readings: Iterable[Read], day: date, amount: int, *, begins: bool) -> None:
    """Refuse a reading that the others, of those that stand, contradict.

    Raises:
        InvalidError: it is lower than the one before it or higher than the one after it, and no
            meter was exchanged.
    """
    if not 0 <= amount <= AMOUNT_MAX:
        raise InvalidError("a meter shows a number of at most nine digits: read it again")
    others = [reading for reading in readings if reading.day != day]
    before = max((one for one in others if one.day < day), key=lambda one: one.day, default=None)
    after = min((one for one in others if one.day > day), key=lambda one: one.day, default=None)
    if before is not None and not begins and amount < before.amount:
        raise InvalidError(
            f"the meter showed more on {before.day}: read it again, or say that it was exchanged"
        )
    if after is not None and not after.begins and amount > after.amount:
        raise InvalidError(f"the meter showed less on {after.day}: read it again")
