from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnClause, column, func, literal, select, table, text

from tapline.clock import BUSINESS_ZONE
from tapline.devices.telemetry import rules
from tapline.devices.telemetry.model import Metric, Point, Reading, Snapshot
from tapline.devices.telemetry.rules import Buckets, Grain
from tapline.uow import UnitOfWork

_METRICS = tuple(Metric)
_METRIC_LIST = ", ".join(_METRICS)

_ANCHOR = """
insert into telemetry_boot (device_id, boot, zero_at)
select * from unnest(%(device_id)s::text[], %(boot)s::int8[], %(zero_at)s::timestamptz[])
on conflict do nothing
"""

# One JSON parameter costs a third of an array for each column, in our process and at the server.
_INSERT = f"""
with heard as (
    select *
    from json_to_recordset(%(rows)s::json) as heard (
        tenant_id text, device_id text, boot int8, up_ms int8,
        moment timestamptz, received_at timestamptz,
        {", ".join(f"{metric} int4" for metric in _METRICS)}, extra jsonb
    )
),
expected as (
    select heard.*, zero_at + up_ms * interval '1 ms' as expected_at
    from heard join telemetry_boot using (device_id, boot)
),
placed as (
    select *, case
        when moment between expected_at - %(late)s and expected_at + %(ahead)s then moment
        else expected_at
    end as ts
    from expected
)
insert into telemetry (tenant_id, device_id, ts, boot, up_ms, {_METRIC_LIST}, extra)
select tenant_id, device_id, ts, boot, up_ms, {_METRIC_LIST}, extra
from placed
where ts between received_at - %(late)s and received_at + %(ahead)s
on conflict do nothing
"""  # noqa: S608 (composed of our own column names)

_NEWEST = text(f"""
select asked.device_id, latest.*
from unnest(cast(:device_ids as text[])) as asked (device_id)
cross join lateral (
    select ts, {_METRIC_LIST}
    from telemetry t
    where t.tenant_id = :tenant_id and t.device_id = asked.device_id and t.ts >= :since
    order by ts desc
    limit 1
) latest
""")  # noqa: S608 (composed of our own column names)

_COUNTED = text("""
select distinct on (date_trunc('hour', ts)) ts, cast(extra ->> :name as bigint)
from telemetry
where tenant_id = :tenant_id and device_id = :device_id
    and ts >= :since and ts <= :until and extra ? :name
order by date_trunc('hour', ts), ts
""")

_COVER = text("select telemetry_cover(:since, :until)")
_MAINTAIN = text("select telemetry_maintain(:at)")

# Buckets of whole days begin with the business day, and no chart shifts as time goes by.
_ORIGIN = datetime(2000, 1, 1, tzinfo=BUSINESS_ZONE)


class TelemetryRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def insert(self, readings: Sequence[Reading]) -> int:
        """Place each reading in time and store those not there yet; return how many."""
        received = [reading.received_at for reading in readings]
        since, until = min(received) - rules.LATE_MAX, max(received) + rules.AHEAD_MAX
        rows = msgspec.json.encode([_row(reading) for reading in readings]).decode()
        connection = self._session.connection()
        connection.execute(_COVER, {"since": since, "until": until})
        connection.exec_driver_sql(_ANCHOR, _anchors(readings))
        placing = {"rows": rows, "late": rules.LATE_MAX, "ahead": rules.AHEAD_MAX}
        return connection.exec_driver_sql(_INSERT, placing).rowcount

    def series(
        self,
        *,
        tenant_id: str,
        device_id: str,
        metrics: Sequence[Metric],
        since: datetime,
        until: datetime,
        buckets: Buckets,
    ) -> dict[Metric, list[Point]]:
        """Buckets of [since, until) with a value in them, the first one from its beginning.

        All metrics in one pass: reading the rows costs more than adding them up.
        """
        width = literal(buckets.width)
        bucket = func.date_bin(width, column("ts"), _ORIGIN)
        columns = [each for metric in metrics for each in _aggregates(metric, buckets.grain)]
        rows = self._session.execute(
            select(bucket.label("bucket"), *columns)
            .select_from(table(buckets.grain.value))
            .where(
                column("tenant_id") == tenant_id,
                column("device_id") == device_id,
                column("ts") >= func.date_bin(width, since, _ORIGIN),
                column("ts") < until,
            )
            .group_by(text("bucket"))
            .order_by(text("bucket"))
        )
        found: dict[Metric, list[Point]] = {metric: [] for metric in metrics}
        for ts, *values in rows:
            moment = ts.astimezone(UTC)
            for metric, at in zip(metrics, range(0, len(values), 4), strict=True):
                count, total, low, high = values[at : at + 4]
                if count:
                    found[metric].append(Point(moment, float(total / count), low, high))
        return found

    def newest(
        self, tenant_id: str, device_ids: Collection[str], since: datetime
    ) -> Mapping[str, Snapshot]:
        given = {"tenant_id": tenant_id, "device_ids": list(device_ids), "since": since}
        return {
            device_id: Snapshot(
                ts.astimezone(UTC),
                {m: v for m, v in zip(_METRICS, values, strict=True) if v is not None},
            )
            for device_id, ts, *values in self._session.execute(_NEWEST, given)
        }

    def counted(
        self, tenant_id: str, device_id: str, name: str, since: datetime, until: datetime
    ) -> list[tuple[datetime, int]]:
        given = {
            "tenant_id": tenant_id,
            "device_id": device_id,
            "name": name,
            "since": since,
            "until": until,
        }
        rows = self._session.execute(_COUNTED, given)
        return [(ts.astimezone(UTC), value) for ts, value in rows]

    def maintain(self, at: datetime) -> None:
        self._session.execute(_MAINTAIN, {"at": at})


def _row(reading: Reading) -> dict[str, Any]:
    """A reading by the names of its columns."""
    columns: dict[str, Any] = {
        "tenant_id": reading.tenant_id,
        "device_id": reading.device_id,
        "boot": reading.boot,
        "up_ms": reading.up_ms,
        "moment": reading.moment,
        "received_at": reading.received_at,
        "extra": reading.extra or None,
    }
    for metric, value in reading.metrics.items():
        columns[metric] = value
    return columns


def _anchors(readings: Sequence[Reading]) -> dict[str, list[Any]]:
    """When each boot heard of began, as the reading tells that came soonest after it was taken.

    Sorted, so that two gateways that hear of the same boots wait for each other in one order.
    """
    zeros: dict[tuple[str, int], datetime] = {}
    for reading in readings:
        boot = (reading.device_id, reading.boot)
        zero_at = reading.received_at - timedelta(milliseconds=reading.up_ms)
        zeros[boot] = min(zero_at, zeros.get(boot, zero_at))
    boots = sorted(zeros)
    return {
        "device_id": [device_id for device_id, _ in boots],
        "boot": [boot for _, boot in boots],
        "zero_at": [zeros[boot] for boot in boots],
    }


def _aggregates(metric: Metric, grain: Grain) -> tuple[Any, Any, Any, Any]:
    """Count, sum, lowest and highest of a bucket: of readings, or of rollups of them."""
    if grain is Grain.RAW:
        value: ColumnClause[int] = column(metric.value)
        return func.count(value), func.sum(value), func.min(value), func.max(value)
    return (
        func.sum(column(f"{metric}_n")),
        func.sum(column(f"{metric}_sum")),
        func.min(column(f"{metric}_min")),
        func.max(column(f"{metric}_max")),
    )
