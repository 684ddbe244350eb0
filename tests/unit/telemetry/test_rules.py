"""A sensor may fail, lie or be unknown; the rest of its message is still worth storing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.devices.telemetry import Metric, sort_metrics
from tapline.devices.telemetry.rules import EXTRA_MAX, PLAUSIBLE, Grain, buckets
from tapline.errors import InvalidError


def test_known_metrics_in_range_have_columns_of_their_own() -> None:
    metrics, extra = sort_metrics({"tds_in": 182, "rssi_dbm": -61})

    assert metrics == {Metric.TDS_IN: 182, Metric.RSSI_DBM: -61}
    assert extra == {}


def test_an_impossible_value_is_kept_aside_and_costs_nobody_else_his_place() -> None:
    metrics, extra = sort_metrics({"temp_c_x10": 32767, "tds_out": 9, "uv_ma": 240})

    assert metrics == {Metric.TDS_OUT: 9}
    assert extra == {"temp_c_x10": 32767, "uv_ma": 240}


@pytest.mark.parametrize("name", ["", "9lives", "nul\0", "\ud800", "x" * 33, "Ünit", "line\n"])
def test_a_name_that_no_database_would_take_is_dropped(name: str) -> None:
    assert sort_metrics({name: 1, "tds_in": 1}) == ({Metric.TDS_IN: 1}, {})


@pytest.mark.parametrize("value", [None, "dry", True, 2**63, [1], {"raw": 1}])
def test_a_value_that_is_no_number_is_dropped(value: object) -> None:
    assert sort_metrics({"flow_ml_s": value, "uv_ma": value}) == ({}, {})


def test_a_message_cannot_bring_unlimited_extras() -> None:
    _, extra = sort_metrics({f"x{number}": number for number in range(EXTRA_MAX * 2)})

    assert len(extra) == EXTRA_MAX


@given(st.dictionaries(st.text() | st.sampled_from(list(Metric)), st.integers(), max_size=64))
def test_whatever_was_measured_fits_the_table(measured: dict[str, int]) -> None:
    metrics, extra = sort_metrics(measured)

    assert all(value in PLAUSIBLE[metric] for metric, value in metrics.items())
    assert all(-(2**63) <= value < 2**63 for value in extra.values())


@pytest.mark.parametrize(
    ("span", "points", "grain", "width"),
    [
        (timedelta(minutes=10), 300, Grain.RAW, timedelta(seconds=2)),
        (timedelta(days=1), 288, Grain.RAW, timedelta(minutes=5)),
        (timedelta(days=1), 24, Grain.HOUR, timedelta(hours=1)),
        (timedelta(days=30), 500, Grain.HOUR, timedelta(hours=2)),
        (timedelta(days=7), 10_000, Grain.HOUR, timedelta(hours=1)),
        (timedelta(days=365), 100, Grain.DAY, timedelta(days=4)),
        (timedelta(seconds=3), 10, Grain.RAW, timedelta(seconds=1)),
    ],
)
def test_a_chart_is_drawn_from_what_is_just_fine_enough(
    span: timedelta, points: int, grain: Grain, width: timedelta
) -> None:
    assert buckets(span, points) == (grain, width)


@given(
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=4000)),
    st.integers(1, 2000),
)
def test_no_chart_has_more_buckets_than_asked_for(span: timedelta, points: int) -> None:
    # One more where neither end falls on a boundary.
    assert span / buckets(span, points).width <= points + 1e-6


def test_a_span_without_length_is_refused() -> None:
    with pytest.raises(InvalidError, match="beginning before its end"):
        buckets(timedelta(0), 100)
