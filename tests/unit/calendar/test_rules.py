"""Clocks run while the business is open, and only then."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapline import calendar
from tapline.calendar import BusinessCalendar
from tapline.calendar.documents import DEFAULTS, HOTLINE, SERVICE, WEEKDAYS
from tapline.clock import BUSINESS_ZONE
from tapline.errors import InvalidError

SERVICE_HOURS = calendar.parse(DEFAULTS[SERVICE], code=SERVICE)
ROUND_THE_CLOCK = calendar.parse(DEFAULTS[HOTLINE], code=HOTLINE)


def moment(text: str) -> datetime:
    """A moment on the business clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def hours(count: float) -> int:
    return int(3600 * count)


def test_a_deadline_that_the_evening_cuts_goes_on_the_next_morning() -> None:
    asked = moment("2026-11-19 16:30")
    assert SERVICE_HOURS.deadline(asked, hours(2)) == moment("2026-11-20 09:30")


def test_a_weekend_does_not_count() -> None:
    friday_evening = moment("2026-11-20 20:00")
    assert SERVICE_HOURS.deadline(friday_evening, hours(1)) == moment("2026-11-23 09:30")


def test_the_clock_that_runs_out_at_closing_time_runs_out_that_day() -> None:
    assert SERVICE_HOURS.deadline(moment("2026-11-20 08:30"), hours(9)) == moment(
        "2026-11-20 17:30"
    )


def test_a_public_holiday_is_no_working_day_though_it_is_a_thursday() -> None:
    assert not SERVICE_HOURS.is_working_day(date(2026, 10, 1))
    assert SERVICE_HOURS.period_at(moment("2026-10-01 10:00")) == calendar.CLOSED


def test_a_saturday_worked_for_a_holiday_is_a_working_day() -> None:
    assert SERVICE_HOURS.is_working_day(date(2026, 10, 10))
    assert SERVICE_HOURS.period_at(moment("2026-10-10 10:00")) == "day"
    assert not SERVICE_HOURS.is_working_day(date(2026, 10, 17))


def test_beyond_the_announced_years_days_are_judged_by_their_weekday_and_we_say_so() -> None:
    new_year = date(calendar.known_until().year + 1, 1, 1)
    assert SERVICE_HOURS.is_working_day(new_year) == (new_year.weekday() < 5)


def test_a_single_day_stands_above_weekday_and_holiday() -> None:
    document = dict(DEFAULTS[SERVICE]) | {
        "dates": {"2026-10-01": ["10:00-12:00 duty"], "2026-11-20": []}
    }
    special = calendar.parse(document, code=SERVICE)
    assert special.period_at(moment("2026-10-01 11:00")) == "duty"
    assert not special.is_working_day(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("00:00", "night"),
        ("06:59", "night"),
        ("07:00", "peak"),
        ("09:00", "day"),
        ("19:59", "day"),
        ("20:00", "night"),
        ("23:59", "night"),
    ],
)
def test_the_hotline_has_a_period_at_every_hour(at: str, period: str) -> None:
    assert ROUND_THE_CLOCK.period_at(moment(f"2026-10-01 {at}")) == period


def test_a_night_shift_belongs_to_the_day_it_began_on() -> None:
    nights = calendar.parse({"week": {"fri": ["18:00-08:00 night"]}}, code="nights")
    assert nights.period_at(moment("2026-11-21 07:59")) == "night"
    assert nights.period_at(moment("2026-11-21 08:00")) == calendar.CLOSED
    assert not nights.is_working_day(date(2026, 11, 21))
    assert nights.elapsed_s(moment("2026-11-20 12:00"), moment("2026-11-22 12:00")) == hours(14)


def test_a_night_shift_ends_where_the_next_day_begins_its_own() -> None:
    week = {"fri": ["18:00-08:00 night"], "sat": ["06:00-12:00 day"]}
    shifts = calendar.parse({"week": week}, code="shifts")
    assert shifts.period_at(moment("2026-11-21 07:00")) == "day"
    assert shifts.elapsed_s(moment("2026-11-20 12:00"), moment("2026-11-22 12:00")) == hours(18)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"week": {}}, "at least one weekday"),
        ({"week": {"mon": []}}, "at least one weekday"),
        ({"week": {"monday": ["08:30-17:30 day"]}}, "monday"),
        ({"week": {"mon": "08:30-17:30 day"}}, "week.mon"),
        ({"week": {"mon": ["8:30-17:30 day"]}}, "no window"),
        ({"week": {"mon": ["08:30-24:30 day"]}}, "24:00"),
        ({"week": {"mon": ["08:30-17:30 closed"]}}, "leave it out"),
        ({"week": {"mon": ["08:30-17:30 day", "17:00-18:00 late"]}}, "overlap at 17:00"),
        ({"week": {"mon": ["08:30-17:30 day"]}, "dates": {"31.12.": []}}, "dates"),
    ],
)
def test_a_document_that_describes_no_calendar_is_refused_with_the_place(
    document: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        calendar.parse(document, code=SERVICE)


def test_a_deadline_in_the_past_is_refused() -> None:
    with pytest.raises(InvalidError):
        SERVICE_HOURS.deadline(moment("2026-11-20 12:00"), -1)


def _texts(edges: list[int]) -> list[str]:
    """Windows between each two of the sorted edges, in minutes; the last may cross midnight."""
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return [
        f"{a // 60:02}:{a % 60:02}-{b % 1440 // 60:02}:{b % 60:02} p{n}"
        for n, (a, b) in enumerate(pairs)
        if a < 1440 and b - a < 1440
    ]


_windows = st.lists(st.integers(0, 1800), unique=True, max_size=6).map(sorted).map(_texts)


@st.composite
def _calendars(draw: st.DrawFn) -> BusinessCalendar:
    week = {day: draw(_windows) for day in WEEKDAYS}
    assume(any(week.values()))
    document: dict[str, Any] = {"week": week}
    for rest in ("holiday", "make_up"):
        if draw(st.booleans()):
            document[rest] = draw(_windows)
    return calendar.parse(document, code="any")


calendars = _calendars()
moments = st.floats(0, 400 * 24 * 3600).map(
    lambda later_s: moment("2026-01-01 00:00") + timedelta(seconds=later_s)
)
spans_s = st.integers(0, 14 * 24 * 3600)


@given(calendars, moments, spans_s)
def test_as_much_time_passes_until_a_deadline_as_was_given(
    any_calendar: BusinessCalendar, start: datetime, working_s: int
) -> None:
    deadline = any_calendar.deadline(start, working_s)
    assert any_calendar.elapsed_s(start, deadline) == working_s
    assert any_calendar.elapsed_s(deadline, start) == -working_s


@given(calendars, moments, spans_s, spans_s)
def test_more_time_never_ends_earlier_and_stages_add_up(
    any_calendar: BusinessCalendar, start: datetime, first_s: int, second_s: int
) -> None:
    halfway = any_calendar.deadline(start, first_s)
    end = any_calendar.deadline(start, first_s + second_s)
    assert start <= halfway <= end
    assert any_calendar.deadline(halfway, second_s) == end


@given(calendars, moments, st.integers(0, 10**6), spans_s)
def test_who_asks_later_is_never_due_earlier(
    any_calendar: BusinessCalendar, start: datetime, later_s: int, working_s: int
) -> None:
    later = start + timedelta(seconds=later_s)
    assert any_calendar.deadline(start, working_s) <= any_calendar.deadline(later, working_s)


@given(calendars, moments)
def test_time_passes_exactly_while_a_period_has_a_name(
    any_calendar: BusinessCalendar, at: datetime
) -> None:
    second = at.replace(microsecond=0)
    passed = any_calendar.elapsed_s(second, second + timedelta(seconds=1))
    assert passed == (any_calendar.period_at(second) != calendar.CLOSED)


def test_open_time_between_two_moments_is_cut_to_them() -> None:
    hours = calendar.parse(
        {"week": {"mon": ["08:00-12:00 day", "13:00-17:00 day"]}}, code=calendar.WATER
    )

    found = hours.open_between(moment("2026-11-16 10:00"), moment("2026-11-16 15:00"))

    assert found == [
        (moment("2026-11-16 10:00"), moment("2026-11-16 12:00")),
        (moment("2026-11-16 13:00"), moment("2026-11-16 15:00")),
    ]
