"""What counts up from a machine's start and begins anew with the next: shown by how fast it grows.

A mean of a counter says nothing. What wears shows in what grows beside what: an old heater uses
fewer watt-hours a second that it is on, a scaled one is on for longer, a worn card reader misses
more of the cards that are held to it. Pure.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.devices.telemetry.model import Metric, Point


class Pace(NamedTuple):
    """How fast a counter grows: `scale` times its growth by that of `per`, or by seconds where that
    is None. One point takes as many buckets as make `least` of what it is divided by: a counter of
    whole numbers says nothing over less."""

    per: Metric | None
    scale: float
    least: int


_HALF_HOUR_S = 1800
"""A bucket does not say when its last reading was taken: over less, one more of them shows."""

SHOWN: Mapping[Metric, Pace] = {
    Metric.HEAT_S: Pace(None, 100, _HALF_HOUR_S),
    Metric.HEAT_WH: Pace(Metric.HEAT_S, 3600, 60),
    Metric.TAPS_N: Pace(None, 3600, _HALF_HOUR_S),
    Metric.MISREADS_N: Pace(Metric.TAPS_N, 100, 20),
}
"""Heating: per cent of the time, and watts while on. Cards: taps an hour, and per cent not read."""


def needed(metrics: Sequence[Metric]) -> list[Metric]:
    """What must be read to show these."""
    beside = [pace.per for metric in metrics if (pace := SHOWN.get(metric)) and pace.per]
    return list(dict.fromkeys([*metrics, *beside]))


def grown(
    read: Mapping[Metric, Sequence[Point]], metric: Metric, *, width: timedelta, until: datetime
) -> list[Point]:
    """How fast a counter grew in each bucket of `width`, at the paces of `SHOWN`.

    A counter that stands lower than in the bucket before has begun anew: what it stands at has
    grown since. The first bucket has nothing before it.
    """
    pace = SHOWN[metric]
    beside = {point.ts: point.high for point in read[pace.per]} if pace.per else None
    points: list[Point] = []
    before: tuple[float, float] | None = None
    above = below = 0.0
    for point in read[metric]:
        if beside is not None and point.ts not in beside:
            continue
        # The last bucket is not over yet: it is as long as what has passed of it.
        ends_s = min(point.ts + width, until).timestamp()
        now = (point.high, ends_s if beside is None else beside[point.ts])
        if before is not None:
            above += _growth(before[0], now[0])
            below += _growth(before[1], now[1])
            if below >= pace.least:
                value = pace.scale * above / below
                points.append(Point(point.ts, value, value, value))
                above = below = 0.0
        before = now
    return points


def _growth(before: float, now: float) -> float:
    return now - before if now >= before else now
