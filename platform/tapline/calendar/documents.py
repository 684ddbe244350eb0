"""Calendars as stored and edited: a document of windows such as `08:30-17:30 day`.

    {"week": {"mon": ["08:30-12:00 day", "13:00-17:30 day"], …},
     "holiday": [], "make_up": ["08:30-17:30 day"],
     "dates": {"2026-12-31": ["08:30-12:00 day"]}}

A weekday left out is closed; `holiday` and `make_up` left out are days like any other. A window
whose end is not after its start runs into the next day; `24:00` is the end of the day.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final

import msgspec
from msgspec import Struct

from tapline.calendar.rules import CLOSED, DAY_MIN, BusinessCalendar, Window, Windows
from tapline.errors import InvalidError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SERVICE: Final = "service"
HOTLINE: Final = "hotline"
WATER: Final = "water"
"""When machines are to give water: always, where nobody has published other hours."""

_ALWAYS = ["00:00-24:00 day"]
_OFFICE_HOURS = ["08:30-17:30 day"]
_WHOLE_DAY = ["00:00-07:00 night", "07:00-09:00 peak", "09:00-20:00 day", "20:00-24:00 night"]

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    SERVICE: {
        "week": dict.fromkeys(WEEKDAYS[:5], _OFFICE_HOURS),
        "holiday": [],
        "make_up": _OFFICE_HOURS,
    },
    HOTLINE: {"week": dict.fromkeys(WEEKDAYS, _WHOLE_DAY)},
    WATER: {"week": dict.fromkeys(WEEKDAYS, _ALWAYS)},
}

_WINDOW = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d) ([a-z][a-z0-9_]{0,31})")


class _Week(Struct, forbid_unknown_fields=True):
    mon: list[str] = []
    tue: list[str] = []
    wed: list[str] = []
    thu: list[str] = []
    fri: list[str] = []
    sat: list[str] = []
    sun: list[str] = []


class _Document(Struct, forbid_unknown_fields=True):
    week: _Week
    holiday: list[str] | None = None
    make_up: list[str] | None = None
    dates: dict[date, list[str]] = {}


def parse(document: Mapping[str, Any], *, code: str, version: int = 0) -> BusinessCalendar:
    """The calendar that a document describes.

    Raises:
        InvalidError: a key or window cannot be read, windows of a day overlap, or no weekday is
            ever open.
    """
    try:
        read = msgspec.convert(document, _Document)
    except msgspec.ValidationError as error:
        raise InvalidError(f"the calendar cannot be read: {error}") from None
    week = tuple(_windows(day, getattr(read.week, day)) for day in WEEKDAYS)
    if not any(week):
        raise InvalidError('open at least one weekday, e.g. {"week": {"mon": ["08:30-17:30 day"]}}')
    return BusinessCalendar(
        code=code,
        version=version,
        week=week,
        holiday=None if read.holiday is None else _windows("holiday", read.holiday),
        make_up=None if read.make_up is None else _windows("make_up", read.make_up),
        dates={day: _windows(day.isoformat(), texts) for day, texts in read.dates.items()},
    )


def _windows(day: str, texts: Iterable[str]) -> Windows:
    windows = tuple(sorted((_window(text) for text in texts), key=lambda one: one.start_min))
    for earlier, later in pairwise(windows):
        if later.start_min < earlier.end_min:
            raise InvalidError(f"windows of {day} overlap at {_clock(later.start_min)}")
    return windows


def _window(text: str) -> Window:
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise InvalidError(f"{text!r} is no window: write it as '08:30-17:30 day'")
    *clock, period = match.groups()
    start_h, start_min, end_h, end_min = map(int, clock)
    start, end = 60 * start_h + start_min, 60 * end_h + end_min
    if start >= DAY_MIN or end > DAY_MIN:
        raise InvalidError(f"{text!r}: a window starts by 23:59 and ends by 24:00")
    if period == CLOSED:
        raise InvalidError(f"{text!r}: what is outside all windows is {CLOSED}; leave it out")
    return Window(start, end if end > start else end + DAY_MIN, period)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
