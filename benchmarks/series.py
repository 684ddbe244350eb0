"""Charts over a million readings of one dispenser, beside the same charts from the readings alone.

    python -m benchmarks.series [--readings 1000000] [--out benchmarks/results/series.md]

A reading every five seconds. The plain query groups the readings of the span by the same buckets;
what is drawn is compared. Beside both the readings themselves are fetched, as a page would that
drew every one, and all metrics of a machine's page are drawn in one pass. All are timed in
turns of one run.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks import place
from tapline import clock
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric
from tapline.devices.telemetry.rules import buckets
from tapline.uow import Database, UnitOfWork

TURNS = 7
STEP = timedelta(seconds=5)
SPANS = {
    "last hour": timedelta(hours=1),
    "last day": timedelta(days=1),
    "last week": timedelta(days=7),
    "30 days": timedelta(days=30),
    "everything": timedelta(days=60),
}
POINTS = 300
NOW = datetime.now(UTC).replace(microsecond=0)

FILL = text("""
insert into telemetry (tenant_id, device_id, ts, boot, up_ms, tds_in, tds_out, flow_ml_s,
                       uv_w_m2, lamp_h, boiler_c_x10, heat_s, heat_wh, taps_n, misreads_n)
select 'bench', 'B-1', :now - n * interval '5 s', 1, (:count - n) * 5000::bigint,
       180 + n % 40, 9, n % 80,
       96 + n % 9, (:count - n) / 720, 940 + n % 20, :count - n, (:count - n) * 5 / 6,
       (:count - n) / 6, (:count - n) / 240
from generate_series(1, :count) n
""")

PLAIN = text("""
select date_bin(:width, ts, '2000-01-01 00:00+08') as bucket, avg(tds_in), min(tds_in), max(tds_in)
from telemetry
where tenant_id = 'bench' and device_id = 'B-1' and ts < :until
  and ts >= date_bin(:width, :since, timestamptz '2000-01-01 00:00+08')
group by bucket
order by bucket
""")


READINGS = text("""
select ts, tds_in from telemetry
where tenant_id = 'bench' and device_id = 'B-1' and ts >= :since and ts < :until
order by ts
""")


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with clock.frozen(NOW), place.database() as database:
        report = _report(database, arguments.readings)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, count: int) -> str:
    on = place.machine(database)
    refresh_s = _fill(database, count)
    rows = [_compared(database, name, span) for name, span in SPANS.items()]
    return "\n".join(
        [
            f"# Charts of {POINTS} points over {count:,} readings of one dispenser",
            "",
            on,
            "",
            "| span | from | `series`, ms | of plain query | of reading the window "
            "| all charts, ms | of reading the window | plain query, ms "
            "| reading the window, ms |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"Rolling all of them up at once, which happens once in their life: {refresh_s:.1f} s.",
        ]
    )


def _fill(database: Database, count: int) -> float:
    """Store the readings and roll them up; seconds that the roll-up took."""
    with database.transaction() as uow:
        span = {"since": NOW - count * STEP, "until": NOW}
        uow.session.execute(text("select telemetry_cover(:since, :until)"), span)
        uow.session.execute(FILL, {"now": NOW, "count": count})
    began = time.perf_counter()
    with database.transaction() as uow:
        telemetry.maintain(uow)
    took_s = time.perf_counter() - began
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
    return took_s


def _compared(database: Database, name: str, span: timedelta) -> str:
    shape = buckets(span, POINTS)
    asked = {"since": NOW - span, "until": NOW}

    def series(uow: UnitOfWork) -> list[tuple[float, float, float]]:
        points = telemetry.series(
            uow,
            tenant_id="bench",
            device_id="B-1",
            metric=Metric.TDS_IN,
            points=POINTS,
            since=asked["since"],
            until=asked["until"],
        )
        return [(round(mean, 6), low, high) for _, mean, low, high in points]

    def plain(uow: UnitOfWork) -> list[tuple[float, float, float]]:
        rows = uow.session.execute(PLAIN, {"width": shape.width, **asked})
        return [(round(float(mean), 6), low, high) for _, mean, low, high in rows]

    def page(uow: UnitOfWork) -> object:
        return telemetry.charts(
            uow,
            tenant_id="bench",
            device_id="B-1",
            metrics=list(Metric),
            points=POINTS,
            since=asked["since"],
            until=asked["until"],
        )

    def whole(uow: UnitOfWork) -> object:
        return uow.session.execute(READINGS, asked).all()

    ways = (series, page, plain, whole)
    took_ms: dict[Callable[[UnitOfWork], object], list[float]] = {way: [] for way in ways}
    with database.transaction() as uow:
        assert series(uow) == plain(uow), f"the chart of {name} is another one"
        for _ in range(TURNS):
            for way, times in took_ms.items():
                began = time.perf_counter()
                way(uow)
                times.append(1000 * (time.perf_counter() - began))
    one, every, by_hand, rows = (median(took_ms[way]) for way in ways)
    return (
        f"| {name} | `{shape.grain}` | {one:.1f} | {one / by_hand:.2f} | {one / rows:.3f} "
        f"| {every:.1f} | {every / rows:.3f} | {by_hand:.1f} | {rows:.1f} |"
    )


if __name__ == "__main__":
    main()
