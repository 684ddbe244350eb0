"""What a machine's page shows, the same for the desk and for property managers."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from fastapi import Request

from tapline import clock, reports
from tapline.devices import Device, telemetry
from tapline.devices.telemetry import Metric, Point
from tapline.people import Scope
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Translate
from tapline_api.localisation import catalog, locale_of
from tapline_api.words import N_


class Span(StrEnum):
    """How far back the charts reach."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DEFAULT_SPAN = Span.DAY
_LENGTHS = {
    Span.DAY: timedelta(days=1),
    Span.WEEK: timedelta(days=7),
    Span.MONTH: timedelta(days=31),
}
_SPAN_NAMES = {Span.DAY: N_("day"), Span.WEEK: N_("week"), Span.MONTH: N_("month")}
_POINTS = 240
_UNITS = {
    Metric.TDS_OUT: "mg/L",
    Metric.TDS_IN: "mg/L",
    Metric.P_IN_KPA: "kPa",
    Metric.P_POST_KPA: "kPa",
    Metric.FLOW_ML_S: "mL/s",
    Metric.TEMP_C_X10: "°C",
    Metric.PUMP_MA: "mA",
    Metric.VALVE_MA: "mA",
    Metric.RSSI_DBM: "dBm",
}
"""In the order of the page."""
_TENTHS = {Metric.TEMP_C_X10}


class Chart(NamedTuple):
    """A metric over a span, as `charts.js` reads it."""

    metric: Metric
    unit: str
    data: dict[str, Any]


def device_context(
    request: Request, uow: UnitOfWork, scope: Scope, device_id: str, span: Span
) -> dict[str, Any]:
    """Everything that `manager/device_body.html` asks for; `NotFoundError` outside of `scope`."""
    history = reports.device_history(uow, scope=scope, device_id=device_id)
    translate = catalog(locale_of(request)).gettext
    newest = telemetry.newest(uow, tenant_id=scope.tenant_id, device_ids=[device_id])
    snapshot = newest.get(device_id)
    return {
        "history": history,
        "charts": _charts(uow, history.view.device, span, translate),
        "span": span.value,
        "spans": [(each.value, translate(name)) for each, name in _SPAN_NAMES.items()],
        "measured_at": snapshot.ts if snapshot else None,
        "readings": _readings(snapshot.metrics) if snapshot else [],
    }


def _charts(uow: UnitOfWork, device: Device, span: Span, translate: Translate) -> list[Chart]:
    """A chart of every metric that was measured in the span."""
    until = clock.now()
    since = until - _LENGTHS[span]
    charts = []
    for metric, unit in _UNITS.items():
        points = telemetry.series(
            uow,
            tenant_id=device.tenant_id,
            device_id=device.device_id,
            metric=metric,
            since=since,
            until=until,
            points=_POINTS,
        )
        if points:
            data = {
                "kind": "line",
                "name": translate(labels.of(metric)),
                "unit": unit,
                "since": since.isoformat(),
                "until": until.isoformat(),
                "points": [_plotted(point, metric) for point in points],
            }
            charts.append(Chart(metric, unit, data))
    return charts


def _plotted(point: Point, metric: Metric) -> tuple[str, float, float, float]:
    scale = 10 if metric in _TENTHS else 1
    mean, low, high = (round(value / scale, 1) for value in (point.mean, point.low, point.high))
    return point.ts.isoformat(), mean, low, high


def _readings(metrics: Mapping[Metric, int]) -> list[tuple[str, str]]:
    return [
        (metric, f"{metrics[metric] / (10 if metric in _TENTHS else 1):g} {unit}")
        for metric, unit in _UNITS.items()
        if metric in metrics
    ]
