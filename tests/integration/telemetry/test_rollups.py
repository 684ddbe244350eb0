"""Rollups say what the readings said, while those come late and when they are gone."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tapline import clock
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Point, Reading
from tapline.devices.telemetry.rules import RAW_KEPT
from tapline.uow import Database, UnitOfWork
from tests.integration.telemetry.readings import NOON, chart, reading, stored_moments


def six_days(seed: int) -> list[Reading]:
    """Six days of a device that reads every few minutes, some metrics now and then missing."""
    chance = random.Random(seed)
    at, booted = NOON - timedelta(days=6), NOON - timedelta(days=6)
    readings = []
    while at < NOON:
        metrics = {metric: chance.randrange(1000) for metric in Metric if chance.random() < 0.9}
        readings.append(reading(at, booted=booted, metrics=metrics))
        at += timedelta(seconds=chance.randrange(60, 900))
    return readings


def by_hand(readings: list[Reading], width: timedelta, metric: Metric) -> list[Point]:
    """What a chart must show, computed from the readings in plain Python."""
    origin = datetime(2000, 1, 1, tzinfo=clock.BUSINESS_ZONE).astimezone(UTC)
    buckets: dict[datetime, list[int]] = {}
    for measured in readings:
        if metric in measured.metrics and measured.moment is not None:
            begin = origin + (measured.moment - origin) // width * width
            buckets.setdefault(begin, []).append(measured.metrics[metric])
    return [
        Point(begin, sum(values) / len(values), min(values), max(values))
        for begin, values in sorted(buckets.items())
    ]


@pytest.mark.parametrize(
    ("points", "width"),
    [(144, timedelta(hours=1)), (50, timedelta(hours=3)), (6, timedelta(days=1))],
)
def test_rollups_say_the_same_as_the_readings(
    uow: UnitOfWork, points: int, width: timedelta
) -> None:
    readings = six_days(seed=points)
    random.Random(7).shuffle(readings)  # arrival order is nobody's promise
    for start in range(0, len(readings), 100):
        telemetry.store(uow, readings=readings[start : start + 100])
        telemetry.maintain(uow)

    shown = chart(uow, NOON - timedelta(days=6), NOON, points)

    assert [tuple(point) for point in shown] == [
        (ts, pytest.approx(mean), low, high)
        for ts, mean, low, high in by_hand(readings, width, Metric.TDS_IN)
    ]


def test_a_late_reading_mends_the_hour_that_was_rolled_up_without_it(uow: UnitOfWork) -> None:
    three_days = (NOON - timedelta(days=3), NOON, 72)
    then = NOON - timedelta(days=2)
    booted = then - timedelta(days=1)
    telemetry.store(uow, readings=[reading(then, booted=booted, metrics={Metric.TDS_IN: 100})])
    telemetry.maintain(uow)
    assert chart(uow, *three_days) == [(then, 100.0, 100, 100)]

    late = reading(
        then + timedelta(minutes=1), booted=booted, received=NOON, metrics={Metric.TDS_IN: 200}
    )
    telemetry.store(uow, readings=[late])
    telemetry.maintain(uow)

    assert chart(uow, *three_days) == [(then, 150.0, 100, 200)]


def test_raw_readings_go_and_what_was_rolled_up_stays(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading()])
    telemetry.maintain(uow)

    with clock.frozen(NOON + RAW_KEPT + timedelta(days=2)):
        telemetry.maintain(uow)

    assert stored_moments(uow) == []
    shown = chart(uow, NOON - timedelta(days=30), NOON + timedelta(days=1), 31)
    assert [point[1:] for point in shown] == [(180.0, 180, 180)]


def test_a_report_that_reads_for_hours_stops_neither_ingestion_nor_maintenance(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        telemetry.store(uow, readings=[reading()])
    much_later = NOON + RAW_KEPT + timedelta(days=2)

    with fresh_database.transaction() as report, clock.frozen(much_later):
        assert stored_moments(report) == [NOON]
        with fresh_database.transaction() as uow:
            uow.session.execute(text("set local lock_timeout = '10s'"))
            assert telemetry.store(uow, readings=[reading(much_later)]) == 1
        with fresh_database.transaction() as uow:
            telemetry.maintain(uow)
        assert stored_moments(report) == [NOON, much_later]

    with clock.frozen(much_later), fresh_database.transaction() as uow:
        telemetry.maintain(uow)
        assert stored_moments(uow) == [much_later]


def test_a_reading_that_commits_during_a_refresh_is_in_the_next_one(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as uow:
        telemetry.store(uow, readings=[reading(device_id="WD-0002")])  # makes the partitions
        telemetry.maintain(uow)
    with fresh_database.transaction() as storing:
        telemetry.store(storing, readings=[reading()])
        with fresh_database.transaction() as refreshing:
            telemetry.maintain(refreshing)
    with fresh_database.transaction() as uow:
        telemetry.maintain(uow)

        assert len(chart(uow, NOON - timedelta(days=3), NOON + timedelta(hours=1), 72)) == 1
