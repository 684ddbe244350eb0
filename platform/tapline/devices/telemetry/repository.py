from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
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

# One array a column, in binary: a statement of the same text however many rows, so it is prepared.
_TYPES: dict[str, str] = {
    "tenant_id": "text",
    "device_id": "text",
    "boot": "int8",
    "up_ms": "int8",
    "moment": "timestamptz",
    "received_at": "timestamptz",
    **{metric.value: "int4" for metric in _METRICS},
    "extra": "text",
}
_HEARD = f"unnest({', '.join(f'%({name})b::{kind}[]' for name, kind in _TYPES.items())})"
_LIMITS = {"late": rules.LATE_MAX, "ahead": rules.AHEAD_MAX}

_ANCHOR = """
insert into telemetry_boot (device_id, boot, zero_at)
select device_id, boot, min(received_at - up_ms * interval '1 ms')
from unnest(%(device_id)b::text[], %(boot)b::int8[], %(up_ms)b::int8[],
            %(received_at)b::timestamptz[]) as heard (device_id, boot, up_ms, received_at)
group by device_id, boot
order by device_id, boot
on conflict do nothing
"""

_INSERT = f"""
with heard as (
    select * from {_HEARD} as heard ({", ".join(_TYPES)})
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
select tenant_id, device_id, ts, boot, up_ms, {_METRIC_LIST}, extra::jsonb
from placed
where ts between received_at - %(late)s and received_at + %(ahead)s
order by device_id, ts
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

_MAINTAIN = text("select telemetry_maintain(:at)")

# Buckets of whole days begin with the business day, and no chart shifts as time goes by.
_ORIGIN = datetime(2000, 1, 1, tzinfo=BUSINESS_ZONE)


class TelemetryRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def insert(self, readings: Sequence[Reading]) -> int:
        """Place each reading in time and store those not there yet; return how many.

        Locks nothing for long: a partition that is missing is made first.
        """
        connection = self._session.connection()
        columns: dict[str, Any] = _columns(readings)
        received = columns["received_at"]
        connection.execute(
            select(
                func.telemetry_cover(
                    min(received) - rules.LATE_MAX, max(received) + rules.AHEAD_MAX
                )
            )
        )
        connection.exec_driver_sql(_ANCHOR, columns)
        return connection.exec_driver_sql(_INSERT, columns | _LIMITS).rowcount

    def series(
        self,
        *,
        tenant_id: str,
        device_id: str,
        metric: Metric,
        since: datetime,
        until: datetime,
        buckets: Buckets,
    ) -> list[Point]:
        """Buckets of [since, until) with a value in them, the first one from its beginning."""
        width = literal(buckets.width)
        bucket = func.date_bin(width, column("ts"), _ORIGIN)
        count, total, low, high = _aggregates(metric, buckets.grain)
        rows = self._session.execute(
            select(bucket.label("bucket"), total / count, low, high)
            .select_from(table(buckets.grain.value))
            .where(
                column("tenant_id") == tenant_id,
                column("device_id") == device_id,
                column("ts") >= func.date_bin(width, since, _ORIGIN),
                column("ts") < until,
            )
            .group_by(text("bucket"))
            .having(count > 0)
            .order_by(text("bucket"))
        )
        return [
            Point(ts.astimezone(UTC), float(mean), lowest, highest)
            for ts, mean, lowest, highest in rows
        ]

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

    def maintain(self, at: datetime) -> None:
        self._session.execute(_MAINTAIN, {"at": at})


def _columns(readings: Sequence[Reading]) -> dict[str, Any]:
    """Turn rows into the columns of `_TYPES`."""
    rows = [
        (
            *reading[:6],
            *map(reading.metrics.get, _METRICS),
            msgspec.json.encode(reading.extra).decode() if reading.extra else None,
        )
        for reading in readings
    ]
    return dict(zip(_TYPES, map(list, zip(*rows, strict=True)), strict=True))


def _aggregates(metric: Metric, grain: Grain) -> tuple[Any, Any, Any, Any]:
    """Count, sum, lowest and highest of a bucket: of readings, or of rollups of them."""
    if grain is Grain.RAW:
        value: ColumnClause[int] = column(metric.value)
        return func.count(value), func.sum(value) * 1.0, func.min(value), func.max(value)
    return (
        func.sum(column(f"{metric}_n")),
        func.sum(column(f"{metric}_sum")),
        func.min(column(f"{metric}_min")),
        func.max(column(f"{metric}_max")),
    )
