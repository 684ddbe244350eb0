"""A small chart without any script: two lines of daily means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tapline.water.publication import Day

WIDTH, HEIGHT = 320, 96


@dataclass(frozen=True, slots=True)
class Chart:
    """Points of two lines as an SVG polyline has them, within `WIDTH` by `HEIGHT`."""

    days: Sequence[Day]
    feed: str
    tap: str
    most: int
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def chart(days: Sequence[Day]) -> Chart | None:
    """None where there is nothing to draw a line through."""
    if len(days) < 2:
        return None
    most = max(max(one.tds_in or 0, one.tds_out) for one in days) or 1
    span = max((days[-1].day - days[0].day).days, 1)

    def point(day: date, value: int) -> str:
        x = WIDTH * (day - days[0].day).days / span
        return f"{x:.1f},{HEIGHT - (HEIGHT - 6) * value / most - 3:.1f}"

    feed = " ".join(point(one.day, one.tds_in) for one in days if one.tds_in is not None)
    tap = " ".join(point(one.day, one.tds_out) for one in days)
    return Chart(days, feed, tap, most, days[0].day, days[-1].day)
