"""Values of this room. Its tables are made by `storage`, which alone knows the database's means."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Metric(StrEnum):
    """A measured quantity with a column of its own; the unit stands last in the name."""

    TDS_IN = "tds_in"
    """Dissolved solids of the feed water, mg/l."""
    TDS_OUT = "tds_out"
    """Dissolved solids behind the membrane, mg/l."""
    P_IN_KPA = "p_in_kpa"
    P_POST_KPA = "p_post_kpa"
    FLOW_ML_S = "flow_ml_s"
    TEMP_C_X10 = "temp_c_x10"
    """Water temperature, tenths of a degree Celsius."""
    PUMP_MA = "pump_ma"
    VALVE_MA = "valve_ma"
    RSSI_DBM = "rssi_dbm"
    UV_W_M2 = "uv_w_m2"
    """Light of the UV lamp at the far side of its tube."""
    LAMP_H = "lamp_h"
    """Hours that the lamp has burned in its life."""
    BOILER_C_X10 = "boiler_c_x10"
    HEAT_S = "heat_s"
    """Seconds that the heater was on; this and the next three count from the machine's start."""
    HEAT_WH = "heat_wh"
    TAPS_N = "taps_n"
    """Cards held to the reader."""
    MISREADS_N = "misreads_n"
    """Of those, cards that it did not read."""


class Reading(NamedTuple):
    """What one telemetry message says, sorted by `rules.sort_metrics`."""

    tenant_id: str
    device_id: str
    boot: int
    up_ms: int
    """Since that start of the device, ms."""
    moment: datetime | None
    """The device's own time, where it can be read; whether to believe it is decided on storing."""
    received_at: datetime
    metrics: Mapping[Metric, int]
    extra: Mapping[str, int]
    """Metrics without a column, and values that the sensor cannot have measured."""


class Point(NamedTuple):
    """One bucket of a chart, in the metric's unit; of a counter, how fast it grew (`counters`).
    `ts` is where the bucket begins."""

    ts: datetime
    mean: float
    low: float
    high: float


class Snapshot(NamedTuple):
    """The latest reading of a device."""

    ts: datetime
    metrics: Mapping[Metric, int]
