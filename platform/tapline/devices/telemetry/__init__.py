"""What the sensors of a dispenser measured: stored once, rolled up by the hour and the day."""

from tapline.devices.telemetry.counters import SHOWN as COUNTERS
from tapline.devices.telemetry.model import Metric, Point, Reading, Snapshot
from tapline.devices.telemetry.rules import buckets, silences, sort_metrics
from tapline.devices.telemetry.service import charts, counted, maintain, newest, series, store
from tapline.devices.telemetry.storage import install, widen

__all__ = [
    "COUNTERS",
    "Metric",
    "Point",
    "Reading",
    "Snapshot",
    "buckets",
    "charts",
    "counted",
    "install",
    "maintain",
    "newest",
    "series",
    "silences",
    "sort_metrics",
    "store",
    "widen",
]
