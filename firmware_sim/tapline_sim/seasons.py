"""The year and the day, as all water feels them: how warm the mains are, how thirsty people."""

import math
from datetime import datetime

from tapline_sim.conditions import ClimateSpec
from tapline_sim.laws import Some

_COLDEST_C, _WARMEST_C = 2.0, 35.0
_DAY_SWING_C = 3.0  # in pipes above the ground
_WARMEST_HOUR = 15
_MEAN_DAY = 110  # in spring and in autumn the water is as warm as on average


def season(day: int) -> float:
    """From -1 in winter to 1 in summer; `day` is an ordinal."""
    return math.sin(2 * math.pi * ((day - _MEAN_DAY) % 365.25) / 365.25)


def thirst(water_c: Some) -> Some:
    """Of the draw at 15 °C, so many times: warm days are thirsty ones."""
    return 1 + 0.012 * (water_c - 15)


def day_swing(now: datetime, *, highest: int) -> float:
    """A day's cosine, 1 at the hour `highest`."""
    hour = now.hour + now.minute / 60
    return math.cos(2 * math.pi * (hour - highest) / 24)


def water_c(climate: ClimateSpec, now: datetime) -> float:
    """How warm a city's mains are at a local time."""
    mean_c = climate.mean_c + climate.swing_c * season(now.toordinal())
    warm_c = mean_c + _DAY_SWING_C * day_swing(now, highest=_WARMEST_HOUR)
    return min(max(warm_c, _COLDEST_C), _WARMEST_C)
