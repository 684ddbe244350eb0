"""What a case is promised, on a calendar with weekends, holidays and pauses for the customer."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline import calendar
from tapline.calendar.documents import DEFAULTS, SERVICE
from tapline.clock import BUSINESS_ZONE
from tapline.policy import Policy
from tapline.tickets import Priority
from tapline.tickets.clocks.rules import postponed, promise, warn_at

HOURS = calendar.parse(DEFAULTS[SERVICE], code=SERVICE)


def moment(text: str) -> datetime:
    """A moment on the business clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def due(opened: str, priority: Priority) -> tuple[datetime | None, datetime]:
    """When the first answer and the solution are due."""
    start, promised = moment(opened), promise(Policy(), priority)
    answer = None if promised.respond_s is None else HOURS.deadline(start, promised.respond_s)
    return answer, HOURS.deadline(start, promised.resolve_s)


@pytest.mark.req("C27", "C28", "H265", "H327")
def test_an_ordinary_case_is_answered_in_half_an_hour_and_settled_in_a_working_day() -> None:
    expected = (moment("2026-11-18 10:30"), moment("2026-11-19 10:00"))
    assert due("2026-11-18 10:00", Priority.NORMAL) == expected


def test_what_comes_on_friday_evening_is_answered_on_monday_morning() -> None:
    answer, solution = due("2026-11-20 17:15", Priority.HIGH)
    assert answer == moment("2026-11-23 08:45")
    assert solution == moment("2026-11-23 12:15")


def test_over_the_national_holiday_no_clock_runs() -> None:
    answer, _ = due("2026-09-30 17:20", Priority.URGENT)
    assert answer == moment("2026-10-08 08:50")


def test_on_a_saturday_that_is_worked_for_a_holiday_clocks_run() -> None:
    answer, _ = due("2026-10-10 09:00", Priority.URGENT)
    assert answer == moment("2026-10-10 09:30")


@pytest.mark.req("C10")
def test_the_more_urgent_a_case_the_sooner_it_must_be_settled() -> None:
    solutions = [due("2026-11-18 08:30", priority)[1] for priority in Priority]
    assert all(sooner < later for sooner, later in pairwise(solutions))


def test_nobody_waits_for_an_answer_to_what_is_planned() -> None:
    assert due("2026-11-18 08:30", Priority.LOW)[0] is None


def test_most_of_the_time_is_gone_at_four_fifths_of_it() -> None:
    warned = warn_at(
        HOURS, moment("2026-11-18 10:00"), moment("2026-11-18 10:30"), paused_s=0, percent=80
    )
    assert warned == moment("2026-11-18 10:24")


def test_what_ran_out_before_a_pause_is_not_helped_by_it() -> None:
    run_out = moment("2026-11-18 10:00")
    paused, resumed = moment("2026-11-18 11:00"), moment("2026-11-18 15:00")
    assert postponed(HOURS, run_out, paused_at=paused, resumed_at=resumed) == run_out


_GAPS = st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 5 * 24 * 3600)), max_size=5).filter(
    lambda gaps: sum(run for run, _ in gaps) < 4 * 3600
)


@given(gaps=_GAPS, start=st.datetimes(moment("2026-09-01").replace(tzinfo=None)))
@pytest.mark.req("C27")
def test_however_often_it_is_paused_a_case_has_the_time_it_was_promised(
    gaps: list[tuple[int, int]], start: datetime
) -> None:
    """Each gap is how long the clock ran before a pause, and how long the pause was."""
    begin = now = start.replace(year=2026, tzinfo=BUSINESS_ZONE, microsecond=0)
    end, stood_still_s = HOURS.deadline(begin, 4 * 3600), 0
    for run_s, pause_s in gaps:
        paused = now + timedelta(seconds=run_s)
        now = paused + timedelta(seconds=pause_s)
        if paused < end:
            end = postponed(HOURS, end, paused_at=paused, resumed_at=now)
            stood_still_s += HOURS.elapsed_s(paused, now)
    assert HOURS.elapsed_s(begin, end) - stood_still_s == 4 * 3600
