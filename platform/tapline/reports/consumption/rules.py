"""Consumption as people ask for it: totals, peaks, and the span before it to compare with. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from tapline.reports.estate.repository import Volume

NOTHING = Volume(0, 0, 0)


class Slot(NamedTuple):
    """An hour of a weekday: 1 is Monday, hours from 0."""

    weekday: int
    hour: int


class Totals(NamedTuple):
    """The same water added up in three ways. Each of them sums up to the others."""

    by_device: Mapping[str, Volume]
    by_day: Mapping[date, Volume]
    by_slot: Mapping[Slot, Volume]

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> Self:
        """From (device, day, weekday, hour, pours, ml, fen), of which each row names one way."""
        totals = cls({}, {}, {})
        for device_id, day, weekday, hour, *figures in rows:
            volume = Volume(*figures)
            if device_id is not None:
                totals.by_device[device_id] = volume  # type: ignore[index]
            elif day is not None:
                totals.by_day[day] = volume  # type: ignore[index]
            else:
                totals.by_slot[Slot(weekday, hour)] = volume  # type: ignore[index]
        return totals

    @property
    def whole(self) -> Volume:
        """Everything."""
        return added(self.by_device.values())

    @property
    def by_hour(self) -> list[Volume]:
        """By hour of the day, from midnight, all weekdays together."""
        return [
            added(volume for slot, volume in self.by_slot.items() if slot.hour == hour)
            for hour in range(24)
        ]

    @property
    def by_weekday(self) -> list[Volume]:
        """From Monday on."""
        return [
            added(volume for slot, volume in self.by_slot.items() if slot.weekday == weekday)
            for weekday in range(1, 8)
        ]

    @property
    def busiest_day(self) -> date | None:
        """The day on which most water was reported."""
        return max(self.by_day, key=lambda day: (self.by_day[day].ml, day), default=None)

    @property
    def busiest_slot(self) -> Slot | None:
        """The hour of a weekday with most water."""
        return max(self.by_slot, key=lambda slot: (self.by_slot[slot].ml, slot), default=None)


def added(volumes: Iterable[Volume]) -> Volume:
    """The sum."""
    pours = ml = fen = 0
    for volume in volumes:
        pours, ml, fen = pours + volume.pours, ml + volume.ml, fen + volume.fen
    return Volume(pours, ml, fen)


def before(first: date, last: date) -> tuple[date, date]:
    """The same days of the month before a span that begins with a month: of a whole month the
    whole one, of a month begun as many days, so far as that month has them."""
    previous_last = first - timedelta(days=1)
    previous_first = previous_last.replace(day=1)
    if (last + timedelta(days=1)).day == 1:
        return previous_first, previous_last
    return previous_first, min(previous_first + (last - first), previous_last)
