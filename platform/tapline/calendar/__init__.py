"""Business calendars: working hours, periods of the day, Chinese holidays and make-up days."""

from tapline.calendar.documents import HOTLINE, SERVICE, WATER, parse
from tapline.calendar.rules import CLOSED, BusinessCalendar, Window, known_until
from tapline.calendar.service import current, publish

__all__ = [
    "CLOSED",
    "HOTLINE",
    "SERVICE",
    "WATER",
    "BusinessCalendar",
    "Window",
    "current",
    "known_until",
    "parse",
    "publish",
]
