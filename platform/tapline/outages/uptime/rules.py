"""Availability, defined. Pure.

    available = the time in service − closed − planned and announced in time
                − stopped − dark
    uptime    = available / (the time in service − closed − planned and announced in time)

Each second is of exactly one part: of two that hold at once the one that comes first in `Part`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from tapline.outages.spans import Span, common, merged, total_s, without

STOPPING = frozenset(
    {
        "valve_stuck",
        "valve_stuck_open",
        "pump_fault",
        "leak",
        "tds_out_high",
        "uv_failed",
        "membrane_leak",
    }
)
"""Alarms with which a machine gives no water, or none that may be drunk."""
SUPPLY = frozenset({"mains_lost", "inlet_lost"})
"""Power or water from the site is missing: no water either, but no fault of the operator's."""


class Part(StrEnum):
    """What a second of a machine's time in service was."""

    CLOSED = "closed"
    """The site was shut, on holiday, or had its power cut as announced."""
    PLANNED = "planned"
    """Works that were announced in time."""
    STOPPED = "stopped"
    """Told not to sell: unsafe water, a meter that is off, a person's word."""
    FAULT = "fault"
    """It gave no water, or none that may be drunk, by its own word."""
    SUPPLY = "supply"
    """The site gave it no power or no water."""
    DARK = "dark"
    """Not heard of."""
    AVAILABLE = "available"


EXCLUDED = (Part.CLOSED, Part.PLANNED)
MISSED = (Part.STOPPED, Part.FAULT, Part.SUPPLY, Part.DARK)


@dataclass(frozen=True, slots=True)
class Account:
    """Seconds by part; together they are the whole time in service."""

    seconds: Mapping[Part, int]

    @property
    def whole_s(self) -> int:
        return sum(self.seconds.values())

    @property
    def service_s(self) -> int:
        """The time in which water was to be had."""
        return self.whole_s - sum(self.seconds[part] for part in EXCLUDED)

    @property
    def available_s(self) -> int:
        return self.seconds[Part.AVAILABLE]

    @property
    def per_myriad(self) -> int | None:
        """Uptime in ten-thousandths, rounded down; None where nothing was to be served."""
        return self.available_s * 10_000 // self.service_s if self.service_s else None


class Stop(NamedTuple):
    """A machine stood still in one go."""

    stretch: Span
    """From its beginning to its end, excused or not."""
    counted_s: int
    """How long of it water was to be had by right."""


def account(served: Iterable[Span], held: Mapping[Part, Iterable[Span]]) -> Account:
    """The account of a machine that was in service for the time of `served`.

    `held`: when each part's condition held, in any order and overlapping as it may be.
    """
    left = merged(_whole_seconds(served))
    seconds: dict[Part, int] = {}
    for part in Part:
        if part is Part.AVAILABLE:
            break
        taken = common(left, _whole_seconds(held.get(part, ())))
        seconds[part] = total_s(taken)
        left = without(left, taken)
    seconds[Part.AVAILABLE] = total_s(left)
    return Account(seconds)


def stops(down: Iterable[Span], excused: Iterable[Span]) -> list[Stop]:
    """Each time that a machine stood still, told apart by all of it and not by what counts of it:
    what excuses may be announced, moved or withdrawn afterwards."""
    excuses = list(excused)
    return [Stop(one, total_s(without([one], excuses))) for one in merged(down)]


def told_to_stop(words: Sequence[tuple[str, datetime]], until: datetime) -> list[Span]:
    """From each word that stopped a machine to the one that let it go on; `words`: what it was
    told and when it answered that it was done, in the order in which it was told.

    It obeys in order, but an answer that was lost is said again late: what it was told was carried
    out by the time that anything it was told later was.
    """
    stopped_at: datetime | None = None
    spans = []
    carried_out = list(accumulate((answered_at for _, answered_at in reversed(words)), min))[::-1]
    for (op, _), done_at in zip(words, carried_out, strict=True):
        if op == "stop_sale":
            stopped_at = stopped_at or done_at
        elif stopped_at is not None:
            spans.append(Span(stopped_at, done_at))
            stopped_at = None
    return [*spans, Span(stopped_at, until)] if stopped_at is not None else spans


def added(accounts: Iterable[Account]) -> Account:
    """Of many machines together."""
    total = dict.fromkeys(Part, 0)
    for one in accounts:
        for part, seconds in one.seconds.items():
            total[part] += seconds
    return Account(total)


def _whole_seconds(spans: Iterable[Span]) -> list[Span]:
    """Cut to whole seconds, so that what is added up is what is shown."""
    return [Span(one.start.replace(microsecond=0), one.end.replace(microsecond=0)) for one in spans]
