"""Readings are stored once and stand at the right time, whatever the device's clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tapline.devices import telemetry
from tapline.devices.telemetry import Metric
from tapline.devices.telemetry.rules import LATE_MAX
from tapline.uow import UnitOfWork
from tests.integration.telemetry.readings import NOON, chart, reading, stored_moments


def test_what_was_measured_is_what_is_read(uow: UnitOfWork) -> None:
    measured = {metric: number for number, metric in enumerate(Metric, start=1)}
    measured[Metric.RSSI_DBM] = -61

    telemetry.store(uow, readings=[reading(metrics=measured, extra={"uv_ma": 240})])

    latest = telemetry.newest(uow, tenant_id="demo", device_ids=["WD-0001"])
    assert latest == {"WD-0001": (NOON, measured)}
    assert uow.session.scalar(text("select extra from telemetry")) == {"uv_ma": 240}


def test_a_frame_that_comes_again_is_stored_once_whenever_it_comes(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading(), reading()])
    days_later = reading(received=NOON + timedelta(days=6))
    too_late = reading(received=NOON + timedelta(days=200))

    assert telemetry.store(uow, readings=[days_later, too_late]) == 0
    assert stored_moments(uow) == [NOON]


@pytest.mark.parametrize(
    "says",
    [
        None,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2999, 1, 1, tzinfo=UTC),
        NOON + timedelta(hours=2),
        NOON - timedelta(days=8),
    ],
)
def test_a_clock_that_cannot_be_right_gives_way_to_the_time_since_boot(
    uow: UnitOfWork, says: datetime | None
) -> None:
    telemetry.store(uow, readings=[reading(says=says)])
    later = NOON + timedelta(minutes=5)
    telemetry.store(uow, readings=[reading(later, says=says)])

    assert stored_moments(uow) == [NOON, later]


def test_a_copy_of_a_frame_without_a_clock_is_known_again(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading(says=None)])
    again = reading(says=None, received=NOON + timedelta(days=1))

    assert telemetry.store(uow, readings=[again]) == 0


def test_a_future_clock_does_not_become_right_by_waiting(uow: UnitOfWork) -> None:
    ahead = NOON + timedelta(days=2)
    telemetry.store(uow, readings=[reading(says=ahead)])

    assert telemetry.store(uow, readings=[reading(says=ahead, received=ahead)]) == 0


def test_what_waited_out_an_outage_stands_where_it_was_measured(uow: UnitOfWork) -> None:
    waited = [NOON - timedelta(days=3, minutes=minute) for minute in range(3)]
    booted = NOON - timedelta(days=4)

    telemetry.store(uow, readings=[reading(at, booted=booted, received=NOON) for at in waited])

    assert stored_moments(uow) == sorted(waited)


@pytest.mark.parametrize("up_ms", [-1, 2**63 - 1])
def test_an_impossible_uptime_does_not_stop_its_neighbours(uow: UnitOfWork, up_ms: int) -> None:
    mad = reading()._replace(up_ms=up_ms)

    assert telemetry.store(uow, readings=[mad, reading()]) == 1


def test_two_boots_may_say_the_same_uptime(uow: UnitOfWork) -> None:
    before, after = reading(boot=1), reading(boot=2)

    assert telemetry.store(uow, readings=[before, after]) == 2


def test_the_newest_reading_is_by_time_and_not_by_arrival(uow: UnitOfWork) -> None:
    late = reading(NOON - timedelta(hours=1), received=NOON, metrics={Metric.TDS_IN: 1})
    telemetry.store(uow, readings=[reading(metrics={Metric.TDS_IN: 2})])
    telemetry.store(uow, readings=[late, reading(device_id="WD-0002")])

    latest = telemetry.newest(uow, tenant_id="demo", device_ids=["WD-0001", "WD-0003"])

    assert latest == {"WD-0001": (NOON, {Metric.TDS_IN: 2})}


def test_another_tenant_sees_nothing(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading()])
    around = (NOON - timedelta(hours=1), NOON + timedelta(hours=1), 10)

    assert telemetry.newest(uow, tenant_id="other", device_ids=["WD-0001"]) == {}
    assert chart(uow, *around, tenant_id="other") == []
    assert len(chart(uow, *around)) == 1


def test_a_bucket_tells_mean_lowest_and_highest(uow: UnitOfWork) -> None:
    values = [100, 200, 600]
    telemetry.store(
        uow,
        readings=[
            reading(NOON + timedelta(seconds=second), metrics={Metric.TDS_IN: value})
            for second, value in enumerate(values)
        ],
    )
    telemetry.store(uow, readings=[reading(NOON + timedelta(seconds=9), metrics={})])

    [point] = chart(uow, NOON, NOON + timedelta(minutes=5), 5)

    assert point == (NOON, 300.0, 100, 600)


def test_readings_are_taken_though_nobody_maintained_anything_for_a_year(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading()])
    next_year = NOON + timedelta(days=366)

    stored = telemetry.store(
        uow, readings=[reading(next_year), reading(next_year - LATE_MAX, received=next_year)]
    )

    assert stored == 2
