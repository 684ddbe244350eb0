"""A line on a chart is not drawn over a time of which nothing is known."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tapline.devices.telemetry import silences

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(*minutes: int) -> list[datetime]:
    return [START + minute * MINUTE for minute in minutes]


def test_an_outage_breaks_the_line() -> None:
    assert silences(at(0, 5, 10, 15, 180, 185), 5 * MINUTE) == {4}


def test_a_machine_that_reports_seldom_is_not_silent() -> None:
    assert silences(at(0, 60, 120, 180), 5 * MINUTE) == set()


def test_one_point_or_none_is_no_line() -> None:
    assert silences([], MINUTE) == silences(at(3), MINUTE) == set()


@given(st.lists(st.integers(0, 10_000), unique=True).map(sorted))
def test_a_break_is_always_longer_than_two_buckets(minutes: list[int]) -> None:
    moments = at(*minutes)

    for place in silences(moments, 7 * MINUTE):
        assert moments[place] - moments[place - 1] > 14 * MINUTE
