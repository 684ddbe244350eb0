"""What a machine's page shows, the same for the desk and for property managers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Query, Request

from tapline import clock, faults, reports
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Point
from tapline.files.sheets import Cell
from tapline.people import Scope
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Formats, Translate
from tapline_api.localisation import catalog, locale_of
from tapline_api.words import N_


class Span(StrEnum):
    """How much the charts show."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


_DAYS = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 31, Span.QUARTER: 92}
_SPAN_NAMES = {
    Span.DAY: N_("day"),
    Span.WEEK: N_("week"),
    Span.MONTH: N_("month"),
    Span.QUARTER: N_("quarter"),
}
_POINTS = 240
_FINEST = 100_000
"""More buckets than any span has hours, and a bucket a second for a day."""
_UNITS = {
    Metric.TDS_OUT: "mg/L",
    Metric.TDS_IN: "mg/L",
    Metric.P_IN_KPA: "kPa",
    Metric.P_POST_KPA: "kPa",
    Metric.FLOW_ML_S: "mL/s",
    Metric.TEMP_C_X10: "°C",
    Metric.PUMP_MA: "mA",
    Metric.VALVE_MA: "mA",
    Metric.BOILER_C_X10: "°C",
    Metric.HEAT_S: "%",
    Metric.HEAT_WH: "W",
    Metric.UV_W_M2: "W/m²",
    Metric.LAMP_H: "h",
    Metric.TAPS_N: "/h",
    Metric.MISREADS_N: "%",
    Metric.RSSI_DBM: "dBm",
}
"""In the order of the page; of counters, the unit of their growth."""
_TENTHS = {Metric.TEMP_C_X10, Metric.BOILER_C_X10}


class Window(NamedTuple):
    """The time that the charts show: the last hours up to now, or whole days up to `last`."""

    span: Span
    last: date | None

    @property
    def until(self) -> datetime:
        """Its end, excluded."""
        return clock.begins(self.last + timedelta(days=1)) if self.last else clock.now()

    @property
    def since(self) -> datetime:
        """Its beginning."""
        return self.until - timedelta(days=_DAYS[self.span])

    @property
    def earlier(self) -> str:
        """The window before, as a query."""
        shown = self.last or clock.business_date(clock.now())
        return f"span={self.span}&last={shown - timedelta(days=_DAYS[self.span])}"

    @property
    def later(self) -> str | None:
        """The window after it, as a query; None where this is the present one."""
        if self.last is None:
            return None
        after = self.last + timedelta(days=_DAYS[self.span])
        present = after >= clock.business_date(clock.now())
        return f"span={self.span}" if present else f"span={self.span}&last={after}"

    @property
    def query(self) -> str:
        """This window."""
        return f"span={self.span}" + (f"&last={self.last}" if self.last else "")


def _window(
    span: Span = Span.DAY,
    last: Annotated[date | None, Query(ge=date(2020, 1, 1), le=date(2100, 1, 1))] = None,
) -> Window:
    return Window(span, last if last and last < clock.business_date(clock.now()) else None)


Chosen = Annotated[Window, Depends(_window)]
"""The window that a page's address names."""


class Chart(NamedTuple):
    """A metric over a window, as `charts.js` reads it, and its extremes in words."""

    metric: Metric
    unit: str
    extremes: str
    data: dict[str, Any]


def device_context(
    request: Request, uow: UnitOfWork, scope: Scope, device_id: str, window: Window
) -> dict[str, Any]:
    """Everything that `manager/device_body.html` asks for; `NotFoundError` outside of `scope`."""
    history = reports.device_history(uow, scope=scope, device_id=device_id)
    translate = catalog(locale_of(request)).gettext
    newest = telemetry.newest(uow, tenant_id=scope.tenant_id, device_ids=[device_id])
    snapshot = newest.get(device_id)
    return {
        "history": history,
        "charts": _charts(_series(uow, scope, device_id, window, _POINTS), window, translate),
        "window": window,
        "spans": [(each.value, translate(name)) for each, name in _SPAN_NAMES.items()],
        "measured_at": snapshot.ts if snapshot else None,
        "readings": _readings(snapshot.metrics) if snapshot else [],
        "simulated": faults.days.simulated_span(
            uow, tenant_id=scope.tenant_id, device_id=device_id
        ),
    }


def newest_readings(
    uow: UnitOfWork, tenant_id: str, device_id: str
) -> tuple[datetime | None, list[tuple[str, str]]]:
    """When a machine was last measured, and what its sensors said, each with its unit."""
    snapshot = telemetry.newest(uow, tenant_id=tenant_id, device_ids=[device_id]).get(device_id)
    return (snapshot.ts, _readings(snapshot.metrics)) if snapshot else (None, [])


def readings_table(
    uow: UnitOfWork, scope: Scope, device_id: str, window: Window, formats: Formats
) -> list[list[Cell]]:
    """What the charts are drawn from, as finely as it is kept for the span: readings of a day,
    hours of anything longer. A line a moment; mean, lowest and highest of each metric.

    Raises:
        NotFoundError: the machine is outside of `scope`.
    """
    reports.device_history(uow, scope=scope, device_id=device_id, last=0)
    series = _series(uow, scope, device_id, window, _FINEST)
    measured = [metric for metric, points in series.items() if points]
    by_moment: dict[datetime, dict[Metric, Point]] = {}
    for metric in measured:
        for point in series[metric]:
            by_moment.setdefault(point.ts, {})[metric] = point
    head: list[Cell] = [formats.translate("When")]
    for metric in measured:
        name = f"{formats.translate(labels.of(metric))} ({_UNITS[metric]})"
        head += [name, f"{name} min", f"{name} max"]
    body: list[list[Cell]] = [
        [formats.exact(moment), *_cells(found, measured)]
        for moment, found in sorted(by_moment.items())
    ]
    return [head, *body]


def _cells(found: Mapping[Metric, Point], measured: Sequence[Metric]) -> list[Cell]:
    cells: list[Cell] = []
    for metric in measured:
        point = found.get(metric)
        cells += _plotted(point, metric)[1:] if point else ("", "", "")
    return cells


def _series(
    uow: UnitOfWork, scope: Scope, device_id: str, window: Window, points: int
) -> Mapping[Metric, list[Point]]:
    return telemetry.charts(
        uow,
        tenant_id=scope.tenant_id,
        device_id=device_id,
        metrics=list(_UNITS),
        since=window.since,
        until=window.until,
        points=points,
    )


def _charts(
    series: Mapping[Metric, list[Point]], window: Window, translate: Translate
) -> list[Chart]:
    """A chart of every metric that was measured in the window."""
    width = telemetry.buckets(window.until - window.since, _POINTS).width
    charts = []
    for metric, points in series.items():
        if not points:
            continue
        plotted = [_plotted(point, metric) for point in points]
        data = {
            "kind": "line",
            "name": translate(labels.of(metric)),
            "unit": _UNITS[metric],
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "points": _broken(plotted, telemetry.silences([point.ts for point in points], width)),
        }
        extremes = f"{min(low for _, _, low, _ in plotted):g} – {max(p[3] for p in plotted):g}"
        charts.append(Chart(metric, _UNITS[metric], extremes, data))
    return charts


Plotted = tuple[str, float, float, float]


def _broken(
    points: Sequence[Plotted], silences: set[int]
) -> list[Plotted | tuple[str, None, None, None]]:
    """The points with an empty one before each that follows a silence: the line stops there."""
    found: list[Plotted | tuple[str, None, None, None]] = []
    for at, point in enumerate(points):
        if at in silences:
            found.append((points[at - 1][0], None, None, None))
        found.append(point)
    return found


def _plotted(point: Point, metric: Metric) -> Plotted:
    scale = 10 if metric in _TENTHS else 1
    mean, low, high = (round(value / scale, 1) for value in (point.mean, point.low, point.high))
    return point.ts.isoformat(), mean, low, high


def _readings(metrics: Mapping[Metric, int]) -> list[tuple[str, str]]:
    return [
        (metric, f"{metrics[metric] / (10 if metric in _TENTHS else 1):g} {unit}")
        for metric, unit in _UNITS.items()
        if metric in metrics and metric not in telemetry.COUNTERS
    ]
