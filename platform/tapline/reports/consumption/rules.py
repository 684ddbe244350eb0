"""Consumption as people ask for it: totals, peaks, and the span before it to compare with. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self, TypeVar

from tapline import clock
from tapline.reports.estate.repository import Volume

NOTHING = Volume(0, 0, 0)
Of = TypeVar("Of")


class Slot(NamedTuple):
    """An hour of a weekday: 1 is Monday, hours from 0."""

    weekday: int
    hour: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The one that a moment is in."""
        local = moment.astimezone(clock.BUSINESS_ZONE)
        return cls(local.isoweekday(), local.hour)


class Drawn(NamedTuple):
    """What one machine gave out in one hour, as reported on one day."""

    device_id: str
    day: date
    hour: datetime
    volume: Volume


class Totals(NamedTuple):
    """The same water added up in three ways. Each of them sums up to the others."""

    by_device: Mapping[str, Volume]
    by_day: Mapping[date, Volume]
    by_slot: Mapping[Slot, Volume]

    @classmethod
    def of(
        cls, by_device: Mapping[str, Volume], by_hour: Iterable[tuple[date, datetime, Volume]]
    ) -> Self:
        """From the water of each machine, and of each hour by the day of its report."""
        hours = list(by_hour)
        return cls(
            by_device,
            summed((day, volume) for day, _, volume in hours),
            summed((Slot.of(hour), volume) for _, hour, volume in hours),
        )

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


def summed(parts: Iterable[tuple[Of, Volume]]) -> dict[Of, Volume]:
    """The sum for each of what the parts are of."""
    found: dict[Of, list[Volume]] = defaultdict(list)
    for of, volume in parts:
        found[of].append(volume)
    return {of: added(volumes) for of, volumes in found.items()}


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
