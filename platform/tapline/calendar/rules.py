"""When a business is open, in which period of its day, and how much working time passes.

All arithmetic is on the business clock (Asia/Shanghai), which has no daylight saving time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar

from tapline.clock import BUSINESS_ZONE
from tapline.errors import InvalidError

CLOSED = "closed"
DAY_MIN = 24 * 60

_DAY = timedelta(days=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Window:
    """Open time of one day, in minutes from its midnight; beyond 1440 it runs into the next day."""

    start_min: int
    end_min: int
    period: str


Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Open time between two moments, without a break and in one period."""

    start: datetime
    end: datetime
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """One version of a calendar.

    `week` has the windows of each weekday from Monday on; `holiday` and `make_up` those of public
    holidays and of weekend days worked instead of them (调休), None where the calendar takes no
    notice of them; `dates` those of single days, above everything else.
    """

    code: str
    version: int = 0
    week: tuple[Windows, ...]
    holiday: Windows | None = None
    make_up: Windows | None = None
    dates: Mapping[date, Windows] = field(default_factory=dict)

    def period_at(self, moment: datetime) -> str:
        """The period that `moment` falls in, `CLOSED` outside all windows."""
        for span in self._spans(_local(moment).date()):
            if span.start <= moment < span.end:
                return span.period
        return CLOSED

    def is_working_day(self, day: date) -> bool:
        """Whether a window begins on `day`."""
        return bool(self.windows_of(day))

    def windows_of(self, day: date) -> Windows:
        """The windows that begin on `day`."""
        if day in self.dates:
            return self.dates[day]
        if self.holiday is not None and day in chinese_calendar.holidays:
            return self.holiday
        if self.make_up is not None and day in chinese_calendar.workdays:
            return self.make_up
        return self.week[day.weekday()]

    def deadline(self, start: datetime, working_s: int) -> datetime:
        """The moment by which `working_s` seconds of open time have passed since `start`, in UTC.

        With 0 it is `start` itself. Raises `InvalidError` for a negative time.
        """
        if working_s < 0:
            raise InvalidError(f"a deadline lies ahead: give 0 seconds or more, not {working_s}")
        left = timedelta(seconds=working_s)
        if left == _NOTHING:
            return start.astimezone(UTC)
        for span in self._spans_from(start):
            begin = max(span.start, start)
            if left <= span.end - begin:
                return (begin + left).astimezone(UTC)
            left -= max(span.end - begin, _NOTHING)
        raise AssertionError("unreachable: every week has a window")

    def elapsed_s(self, start: datetime, end: datetime) -> int:
        """Whole seconds of open time from `start` to `end`; negative where `end` comes first."""
        if end < start:
            return -self.elapsed_s(end, start)
        passed = _NOTHING
        for span in self._spans_from(start):
            if span.start >= end:
                break
            passed += max(min(span.end, end) - max(span.start, start), _NOTHING)
        return passed // timedelta(seconds=1)

    def open_between(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Open time from `start` to `end`, beginning and end of each stretch, in UTC."""
        found = []
        for span in self._spans_from(start):
            if span.start >= end:
                break
            first, last = max(span.start, start), min(span.end, end)
            if first < last:
                found.append((first.astimezone(UTC), last.astimezone(UTC)))
        return found

    def _spans_from(self, start: datetime) -> Iterator[Span]:
        """Open time of the day of `start` and of all that follow, in order."""
        day = _local(start).date()
        while True:
            yield from self._spans(day)
            day += _DAY

    def _spans(self, day: date) -> Iterator[Span]:
        """Open time within one local day, in order. What yesterday's last window runs into today
        ends at the latest where today's first begins."""
        midnight = datetime.combine(day, time(), BUSINESS_ZONE)
        today = self.windows_of(day)
        tail_end_min = today[0].start_min if today else DAY_MIN
        for window in self.windows_of(day - _DAY)[-1:]:
            yield from _span(midnight, 0, min(window.end_min - DAY_MIN, tail_end_min), window)
        for window in today:
            yield from _span(midnight, window.start_min, min(window.end_min, DAY_MIN), window)


def known_until() -> date:
    """The last day whose public holidays have been announced; later ones count as weekdays."""
    return date(max(chinese_calendar.holidays).year, 12, 31)


def _span(midnight: datetime, start_min: int, end_min: int, window: Window) -> Iterator[Span]:
    if start_min < end_min:
        start, end = timedelta(minutes=start_min), timedelta(minutes=end_min)
        yield Span(midnight + start, midnight + end, window.period)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BUSINESS_ZONE)
