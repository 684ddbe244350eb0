"""What a sensor can have measured, how long it is kept, and how finely it is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from re import compile as pattern
from statistics import median
from typing import NamedTuple

from tapline.devices.telemetry.model import Metric
from tapline.devices.telemetry.units import ours
from tapline.errors import InvalidError

PLAUSIBLE: Mapping[Metric, range] = {
    Metric.TDS_IN: range(5_001),
    Metric.TDS_OUT: range(5_001),
    Metric.P_IN_KPA: range(2_001),
    Metric.P_POST_KPA: range(2_001),
    Metric.FLOW_ML_S: range(1_001),
    Metric.TEMP_C_X10: range(-400, 1_301),
    Metric.PUMP_MA: range(20_001),
    Metric.VALVE_MA: range(5_001),
    Metric.RSSI_DBM: range(-150, 1),
    Metric.UV_W_M2: range(2_001),
    Metric.LAMP_H: range(200_001),
    Metric.BOILER_C_X10: range(-400, 1_301),
    Metric.HEAT_S: range(2**31),
    Metric.HEAT_WH: range(2**31),
    Metric.TAPS_N: range(2**31),
    Metric.MISREADS_N: range(2**31),
}
"""Beyond these a value says something of the sensor, not of the water."""

UP_MS_MAX = 100 * 366 * 86_400_000
"""No device runs for a century without a restart."""
EXTRA_MAX = 32
"""Readings without a column that one message may bring along."""

LATE_MAX = timedelta(days=7)
"""A device keeps its session so long; what it measured before is no longer taken."""
AHEAD_MAX = timedelta(minutes=30)
"""A device clock may run so far ahead of ours: a year of drift at 50 ppm."""

RAW_KEPT = timedelta(days=90)
HOURS_KEPT = timedelta(days=3 * 366)
DAYS_KEPT = timedelta(days=10 * 366)

_NAME = pattern(r"[a-z][a-z0-9_]{0,31}\Z")
_INT64 = range(-(2**63), 2**63)
_COLUMNS = {metric.value: metric for metric in Metric}


def sort_metrics(measured: Mapping[str, object]) -> tuple[dict[Metric, int], dict[str, int]]:
    """Split into (metrics with a column and a value in range, everything else worth keeping).

    Other units are made ours. What is no integer of 64 bits or has no proper name is dropped: one
    bad reading costs no message.
    """
    metrics: dict[Metric, int] = {}
    extra: dict[str, int] = {}
    for name, value in ours(measured).items():
        if type(value) is not int:  # a boolean is not one either
            continue
        metric = _COLUMNS.get(name)
        if metric is not None and value in PLAUSIBLE[metric]:
            metrics[metric] = value
        elif len(extra) < EXTRA_MAX and value in _INT64 and _NAME.match(name):
            extra[name] = value
    return metrics, extra


class Grain(StrEnum):
    """The relation that a chart is drawn from."""

    RAW = "telemetry"
    HOUR = "telemetry_hour"
    DAY = "telemetry_day"


class Buckets(NamedTuple):
    """How to draw a span: from which relation, in buckets of what width."""

    grain: Grain
    width: timedelta


_RAW_SPAN_MAX = timedelta(days=2)
_STEP = {Grain.HOUR: timedelta(hours=1), Grain.DAY: timedelta(days=1)}


def buckets(span: timedelta, points: int) -> Buckets:
    """Buckets for `span` that make about `points` of them, and never finer than what is stored.

    Raw readings serve two days, so that the work is bounded however many there are; hours serve
    what is shown coarser than hours or is longer; days what is shown coarser than days.
    """
    if span <= timedelta(0) or points < 1:
        raise InvalidError("a series needs a beginning before its end, and at least one point")
    width = max(-(-span // points), timedelta(seconds=1))  # rounded up
    if width < _STEP[Grain.HOUR] and span <= _RAW_SPAN_MAX:
        return Buckets(Grain.RAW, width)
    grain = Grain.HOUR if width < _STEP[Grain.DAY] else Grain.DAY
    # Whole steps only: a bucket of 90 minutes would hold one hour, then two, and look like a wave.
    steps = -(-width // _STEP[grain])
    return Buckets(grain, steps * _STEP[grain])


def silences(moments: Sequence[datetime], width: timedelta) -> set[int]:
    """Which of these follow a silence, so that no line is drawn over it.

    A silence is longer than three times the usual distance between two of them, and than two
    buckets: neither a machine that reports seldom nor a narrow bucket makes one.
    """
    steps_s = [(after - before).total_seconds() for before, after in pairwise(moments)]
    if not steps_s:
        return set()
    longest_s = max(3 * median(steps_s), 2 * width.total_seconds())
    return {at for at, step_s in enumerate(steps_s, 1) if step_s > longest_s}
