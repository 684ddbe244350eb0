"""When a barrel may be promised: a business day and a part of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tapline import clock

DAYS_AHEAD = 7
_LEAD = timedelta(hours=1)


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_HOURS: Mapping[DayPart, tuple[time, time]] = {
    DayPart.MORNING: (time(8), time(12)),
    DayPart.AFTERNOON: (time(12), time(18)),
    DayPart.EVENING: (time(18), time(21)),
}


@dataclass(frozen=True, slots=True)
class Window:
    """When a barrel comes: a business day and a part of it."""

    day: date
    part: DayPart

    @property
    def start(self) -> datetime:
        """Its first moment, aware."""
        return datetime.combine(self.day, _HOURS[self.part][0], clock.BUSINESS_ZONE)

    @property
    def end(self) -> datetime:
        """Its last moment, aware."""
        return datetime.combine(self.day, _HOURS[self.part][1], clock.BUSINESS_ZONE)


def windows(now: datetime) -> list[Window]:
    """What may be promised now, soonest first: a window with at least an hour left, this week."""
    today = clock.business_date(now)
    every = (
        Window(today + timedelta(days=ahead), part)
        for ahead in range(DAYS_AHEAD)
        for part in DayPart
    )
    return [window for window in every if window.end - now >= _LEAD]
