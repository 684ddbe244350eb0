"""A counter is shown by how fast it grows: over restarts and silences, never over too little."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.devices.telemetry import Metric, Point
from tapline.devices.telemetry.counters import SHOWN, grown, needed

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stood(*values: int | None) -> list[Point]:
    """A counter, hour by hour; None is an hour without a reading."""
    return [
        Point(BEGIN + at * HOUR, value, value, value)
        for at, value in enumerate(values)
        if value is not None
    ]


def shown(read: dict[Metric, list[Point]], metric: Metric) -> list[float]:
    points = grown(read, metric, width=HOUR, until=BEGIN + 100 * HOUR)
    return [round(point.mean, 3) for point in points]


def test_heating_is_a_share_of_the_time() -> None:
    assert shown({Metric.HEAT_S: stood(0, 360, 2160)}, Metric.HEAT_S) == [10, 50]


def test_an_hour_without_readings_is_spread_over_the_time_that_passed() -> None:
    assert shown({Metric.HEAT_S: stood(0, None, 720)}, Metric.HEAT_S) == [10]


def test_the_hour_that_is_not_over_counts_as_far_as_it_has_come() -> None:
    half = BEGIN + 90 * timedelta(minutes=1)
    [point] = grown({Metric.TAPS_N: stood(0, 10)}, Metric.TAPS_N, width=HOUR, until=half)

    assert point == (BEGIN + HOUR, 20, 20, 20)


def test_the_power_of_a_heater_is_what_it_used_while_it_was_on() -> None:
    read = {Metric.HEAT_S: stood(0, 600, 1200), Metric.HEAT_WH: stood(0, 500, 850)}

    assert shown(read, Metric.HEAT_WH) == [3000, 2100]


def test_too_few_cards_wait_for_more_before_a_share_is_made_of_them() -> None:
    read = {Metric.TAPS_N: stood(0, 5, 15, 40), Metric.MISREADS_N: stood(0, 1, 1, 4)}

    assert shown(read, Metric.MISREADS_N) == [10]


def test_after_a_restart_what_the_counter_stands_at_has_grown() -> None:
    read = {Metric.TAPS_N: stood(1000, 40, 80), Metric.MISREADS_N: stood(50, 4, 4)}

    assert shown(read, Metric.MISREADS_N) == [10, 0]


def test_what_a_counter_is_divided_by_is_read_with_it() -> None:
    assert needed([Metric.MISREADS_N]) == [Metric.MISREADS_N, Metric.TAPS_N]
    assert needed([Metric.TAPS_N, Metric.MISREADS_N]) == [Metric.TAPS_N, Metric.MISREADS_N]
    assert needed([Metric.FLOW_ML_S]) == [Metric.FLOW_ML_S]


@pytest.mark.parametrize("metric", SHOWN)
@given(
    counts=st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)), max_size=30)
)
def test_no_counter_ever_shrinks(metric: Metric, counts: list[tuple[int, int]]) -> None:
    read = {metric: stood(*(one for one, _ in counts))}
    beside = SHOWN[metric].per
    if beside is not None:
        read[beside] = stood(*(other for _, other in counts))

    assert all(value >= 0 for value in shown(read, metric))
