"""The TimescaleDB way of storing telemetry answers the same questions with the same numbers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tapline import clock
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Point, Reading, storage
from tapline.uow import Database, UnitOfWork

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
BOOTED = NOW - timedelta(days=6)


@pytest.fixture(scope="module")
def database(timescale: Database) -> Iterator[Database]:
    """With the tables of telemetry; each test has devices of its own."""
    with timescale.transaction() as uow:
        telemetry.install(uow.session.connection())
    with clock.frozen(NOW):
        yield timescale


def reading(at: datetime, tds_in: int, device_id: str = "WD-0001") -> Reading:
    return Reading(
        tenant_id="demo",
        device_id=device_id,
        boot=1,
        up_ms=(at - BOOTED) // timedelta(milliseconds=1),
        moment=at,
        received_at=NOW,
        metrics={Metric.TDS_IN: tds_in},
        extra={"uv_ma": 240},
    )


def chart(uow: UnitOfWork, span: timedelta, points: int) -> list[Point]:
    """Ends an hour from now."""
    until = NOW + timedelta(hours=1)
    return telemetry.series(
        uow,
        tenant_id="demo",
        device_id="WD-0001",
        metric=Metric.TDS_IN,
        since=until - span,
        until=until,
        points=points,
    )


def materialise(database: Database) -> None:
    """What the refresh policies do, which this server has no background workers to run."""
    with database.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for rollup in ("telemetry_hour", "telemetry_day"):
            alone.execute(text(f"call refresh_continuous_aggregate('{rollup}', null, null)"))


def policies(uow: UnitOfWork) -> set[tuple[str, str]]:
    """What the server does by itself, to what."""
    rows = uow.session.execute(
        text("""
        select job.proc_name, coalesce(rollup.view_name, job.hypertable_name)
        from timescaledb_information.jobs job
        left join timescaledb_information.continuous_aggregates rollup
               on rollup.materialization_hypertable_name = job.hypertable_name
               or rollup.view_name = job.hypertable_name
        where job.hypertable_name is not null
        """)
    )
    return {(job, relation) for job, relation in rows}


def test_telemetry_lives_in_timescaledb(database: Database) -> None:
    with database.transaction() as uow:
        assert policies(uow) == {
            ("policy_compression", "telemetry"),
            ("policy_retention", "telemetry"),
            ("policy_refresh_continuous_aggregate", "telemetry_hour"),
            ("policy_retention", "telemetry_hour"),
            ("policy_refresh_continuous_aggregate", "telemetry_day"),
            ("policy_retention", "telemetry_day"),
        }


def test_readings_are_stored_once_and_rolled_up(database: Database) -> None:
    then = NOW - timedelta(days=3)
    with database.transaction() as uow:
        stored = telemetry.store(
            uow, readings=[reading(then, 100), reading(NOW, 300), reading(NOW, 300)]
        )
        assert stored == 2
    materialise(database)
    late = reading(then + timedelta(minutes=1), 200)
    with database.transaction() as uow:
        assert telemetry.store(uow, readings=[late, late]) == 1
        assert telemetry.store(uow, readings=[reading(NOW, 300)]) == 0
        telemetry.maintain(uow)
    materialise(database)

    with database.transaction() as uow:
        latest = telemetry.newest(uow, tenant_id="demo", device_ids=["WD-0001", "WD-0002"])
        assert latest == {"WD-0001": (NOW, {Metric.TDS_IN: 300})}
        assert chart(uow, timedelta(hours=1), 60) == [(NOW, 300.0, 300, 300)]
        hours = chart(uow, timedelta(days=4), 96)
        days = chart(uow, timedelta(days=4), 4)

    on_the_hour = timedelta(minutes=30)
    assert hours == [(then - on_the_hour, 150.0, 100, 200), (NOW - on_the_hour, 300.0, 300, 300)]
    assert [point[1:] for point in days] == [(150.0, 100, 200), (300.0, 300, 300)]
    assert {point.ts.astimezone(clock.BUSINESS_ZONE).hour for point in days} == {0}


def test_old_readings_are_compressed_and_still_read(database: Database) -> None:
    then = NOW - timedelta(days=3)
    early, late = (
        reading(then, 100, "WD-0003"),
        reading(then + timedelta(minutes=1), 200, "WD-0003"),
    )
    with database.transaction() as uow:
        telemetry.store(uow, readings=[early])
        uow.session.execute(text("select compress_chunk(show_chunks('telemetry'))"))

    with database.transaction() as uow:
        assert telemetry.store(uow, readings=[early, late]) == 1
        stored = uow.session.scalars(
            text("select tds_in from telemetry where device_id = 'WD-0003' order by ts")
        )
        assert list(stored) == [100, 200]


def test_an_older_database_takes_up_younger_metrics(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as uow:
        for what in (
            "materialized view telemetry_day",
            "materialized view telemetry_hour",
            "table telemetry",
            "table telemetry_boot",
            "function telemetry_cover",
            "function telemetry_maintain",
        ):
            uow.session.execute(text(f"drop {what}"))
    with monkeypatch.context() as patched, database.transaction() as uow:
        patched.setattr(storage, "Metric", (Metric.TDS_IN, Metric.RSSI_DBM))
        telemetry.install(uow.session.connection())
        at = {"device_id": "WD-0001", "ts": NOW - timedelta(days=30)}
        uow.session.execute(
            text(
                "insert into telemetry (tenant_id, device_id, ts, boot, up_ms, tds_in)"
                " values ('demo', :device_id, :ts, 1, 1, 170)"
            ),
            at,
        )
    materialise(database)

    with database.transaction() as uow:
        telemetry.widen(uow.session.connection())
        telemetry.widen(uow.session.connection())
        new = reading(NOW, 300)
        telemetry.store(uow, readings=[new._replace(metrics={**new.metrics, Metric.UV_W_M2: 96})])
    materialise(database)

    with database.transaction() as uow:
        assert [point.mean for point in chart(uow, timedelta(days=40), 960)] == [170, 300]
        latest = telemetry.newest(uow, tenant_id="demo", device_ids=["WD-0001"])
        assert latest["WD-0001"].metrics[Metric.UV_W_M2] == 96
        assert len(policies(uow)) == 6
