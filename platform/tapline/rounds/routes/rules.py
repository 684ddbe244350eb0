"""The order of a day: clocks first, then whatever is nearest. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A visit of the day. `at` is the site's place on the schematic plan, where it has one."""

    key: str
    """`work:<id>` or `round:<id>`."""
    spot: str
    site: str
    at: tuple[int, int] | None
    clock: datetime | None
    """By when somebody must be there: an appointment, or the clock of an urgent case."""


def ordered(stops: Sequence[Stop], by_hand: Mapping[str, int]) -> list[Stop]:
    """As the technician has put them; else clocks first, the earliest in front, then from the last
    of them on always the nearest site, and within a site spot by spot.

    Of stops that came after he chose, those with a clock go in front of all and the others behind.
    """
    placed = sorted((one for one in stops if one.key in by_hand), key=lambda one: by_hand[one.key])
    rest = [one for one in stops if one.key not in by_hand]
    timed = sorted(
        (one for one in rest if one.clock is not None),
        key=lambda one: (one.clock, one.site, one.spot, one.key),
    )
    before = [*timed, *placed]
    start = before[-1] if before else None
    return before + _nearest([one for one in rest if one.clock is None], start)


def _nearest(stops: Sequence[Stop], start: Stop | None) -> list[Stop]:
    left = sorted(stops, key=lambda one: (one.site, one.spot, one.key))
    here, order = start, list[Stop]()
    while left:
        here = left[0] if here is None else min(left, key=partial(_away, here))
        left.remove(here)
        order.append(here)
    return order


def _away(here: Stop, there: Stop) -> tuple[bool, float]:
    """How far: the same site first, then by the plan; a site without a place comes last."""
    if here.site == there.site:
        return False, 0.0
    if here.at is None or there.at is None:
        return True, float("inf")
    return True, (here.at[0] - there.at[0]) ** 2 + (here.at[1] - there.at[1]) ** 2


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """The order with one stop further up (`by` < 0) or down; at an end it stays."""
    order = list(keys)
    if key not in order:
        return order
    place = order.index(key)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    return order
