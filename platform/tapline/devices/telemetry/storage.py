"""The tables of telemetry, made with TimescaleDB where the server has it, else by hand.

This is the only place that knows which. Both ways leave the same names behind: the relations
`telemetry`, `telemetry_hour`, `telemetry_day`, and the functions `telemetry_cover(since, until)`
and `telemetry_maintain(at)`.
"""

from importlib import resources

from sqlalchemy import Connection, text

from tapline.devices.telemetry import rules
from tapline.devices.telemetry.model import Metric

_TIMESCALE = text("select from pg_available_extensions where name = 'timescaledb'")


_IS_NATIVE = text("select to_regclass('telemetry_touched') is not null")


def install(connection: Connection) -> None:
    """Create the tables and functions of telemetry in a database without them."""
    timescale = connection.execute(_TIMESCALE).first() is not None
    way = "timescale" if timescale else "native"
    _lay(connection, "readings", way, f"{way}_rollups")


def widen(connection: Connection) -> None:
    """Give the tables of telemetry the columns of metrics that are younger than they are; nothing
    where none are. For a revision.

    TimescaleDB's rollups are made anew from the readings: what these no longer reach is lost.
    """
    way = "native" if connection.scalar(_IS_NATIVE) else "timescale"
    if _is_narrow(connection):
        _lay(connection, f"{way}_wider", f"{way}_rollups")


def _is_narrow(connection: Connection) -> bool:
    known = connection.scalars(
        text("select attname from pg_attribute where attrelid = 'telemetry_hour'::regclass")
    )
    return not {f"{metric}_n" for metric in Metric} <= set(known)


def _lay(connection: Connection, *names: str) -> None:
    for name in names:
        source = resources.files(__package__) / "schema" / f"{name}.sql"
        # The driver's own cursor: SQLAlchemy would take `::` and `%` for parameters.
        connection.connection.cursor().execute(_expanded(source.read_text("utf-8")))


def _expanded(sql: str) -> str:
    """Fill in what the files leave open: `/*name*/` for the lists of columns and the time limits.

    Each metric has four columns in a rollup: how many values, their sum, lowest and highest.
    """
    blanks = {
        "metric_added": _each("add column if not exists {m} int"),
        "rollup_added": _each(
            "add column if not exists {m}_n bigint, add column if not exists {m}_sum bigint,"
            " add column if not exists {m}_min int, add column if not exists {m}_max int"
        ),
        "metric_columns": _each("{m} int"),
        "rollup_columns": _each("{m}_n bigint, {m}_sum bigint, {m}_min int, {m}_max int"),
        "rollup_of_readings": _each(
            "count(t.{m}) as {m}_n, sum(t.{m})::bigint as {m}_sum,"
            " min(t.{m}) as {m}_min, max(t.{m}) as {m}_max"
        ),
        "rollup_of_hours": _each(
            "sum(t.{m}_n)::bigint as {m}_n, sum(t.{m}_sum)::bigint as {m}_sum,"
            " min(t.{m}_min) as {m}_min, max(t.{m}_max) as {m}_max"
        ),
        "rollup_replaced": _each(
            "{m}_n = excluded.{m}_n, {m}_sum = excluded.{m}_sum,"
            " {m}_min = excluded.{m}_min, {m}_max = excluded.{m}_max"
        ),
        "late_days": str(rules.LATE_MAX.days),
        "raw_days": str(rules.RAW_KEPT.days),
        "hours_days": str(rules.HOURS_KEPT.days),
        "days_days": str(rules.DAYS_KEPT.days),
    }
    for name, filling in blanks.items():
        sql = sql.replace(f"/*{name}*/", filling)
    return sql


def _each(template: str) -> str:
    return ",\n    ".join(template.format(m=metric.value) for metric in Metric)
