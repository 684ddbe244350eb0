"""When people draw water: by the hour of the day and the day of the week, on places of several
kinds. Pure; one for live machines and for estates that age at once.

The shapes are assumed, not measured: lessons, office hours, and evenings at home.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

MIXED_BLOCKS = (0.04, 0.36, 0.34, 0.26)
"""Of a day's demand on a place of every kind of people, by six hours from midnight."""
MIXED_WEEKEND = 0.7

_SATURDAY = 5


class Custom(NamedTuple):
    """Of the mean of a working day, so many times: in each hour of it, and on a day of the
    weekend."""

    hours: tuple[float, ...]
    weekend: float

    def busy(self, at: datetime) -> float:
        """Of the usual draw, so many times, at a local time."""
        return self.hours[at.hour] * (self.weekend if at.weekday() >= _SATURDAY else 1.0)


def _even(weekend: float, *weights: float) -> Custom:
    """From 24 weights, whatever their sum."""
    mean = sum(weights) / len(weights)
    return Custom(tuple(weight / mean for weight in weights), weekend)


CUSTOMS: Mapping[str, Custom] = {
    "mixed": _even(MIXED_WEEKEND, *(block for block in MIXED_BLOCKS for _ in range(6))),
    "school": _even(
        0.1,
        *(0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.5, 2, 3, 4, 4, 4),
        *(4, 2, 3, 4, 3, 2, 1, 1, 1, 0.5, 0.1, 0.05),
    ),
    "office": _even(
        0.15,
        *(0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 1, 4, 4, 3),
        *(3, 3, 4, 4, 3, 2, 1, 0.5, 0.3, 0.2, 0.1, 0.05),
    ),
    "dormitory": _even(
        1.2,
        *(0.5, 0.2, 0.1, 0.1, 0.1, 0.3, 2, 4, 2, 1, 1, 1.5),
        *(2, 1, 0.8, 0.8, 1, 2, 3, 3, 4, 5, 4, 2),
    ),
}
