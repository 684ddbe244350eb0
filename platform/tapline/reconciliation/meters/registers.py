"""D28: a lifetime counter along a machine's facts: which of its readings can be, and how it grew.

A reading is borne out where a neighbour's differs by exactly what lies between. One that nothing
bears out and that cannot be (a placeholder 0, a fall, more than the machine can pour) is taken for
none: the reading is ignored, never the fact that brought it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from tapline.devices.rules import Run
from tapline.reconciliation.meters.sightings import Counter, Sighting

_REACH = 3
"""How many readings away a neighbour may bear a reading out: some may be placeholders."""
_ML_PER_FACT_MAX = 100_000
"""The most that one operation can be worth where nobody knows how long it took."""


class Growth(NamedTuple):
    """By how much a counter rose between two readings, and what the facts between explain.

    `least` to `most`: machines differ in counting what was torn or reversed. `lost` facts between
    were declared gone, so that only a part is explained.
    """

    before: int
    after: int
    """Positions of the two facts."""
    rise: int
    least: int
    most: int
    lost: int


class Impossible(NamedTuple):
    """A reading that cannot be, and why: `zero`, `fell`, `leapt` or `restarted`."""

    at: int
    reading: int
    why: str


class Register:
    """One counter along facts that are ordered by number."""

    def __init__(
        self,
        facts: Sequence[Sighting],
        moments: Sequence[datetime | None],
        counter: Counter,
        *,
        lost: Sequence[Run],
        ml_s_max: int,
    ) -> None:
        self._facts = facts
        self._moments = moments
        self._counter = counter
        self._lost = sorted(lost)
        self._ml_s_max = ml_s_max
        self._least = self._sums(lambda fact: fact.is_proven)
        self._most = self._sums(lambda _: True)
        # A step that cannot be accounted for breaks every stretch across it.
        self._breaks = [0, *accumulate(self._broken(at) for at in range(len(facts)))]
        self._gone = [0, *accumulate(self._missing(at) for at in range(len(facts)))]
        self._read = [at for at, fact in enumerate(facts) if self._reading(at) is not None]
        self._wrong = self._impossible()
        self._stretches = self._all_stretches()

    def impossible(self) -> list[Impossible]:
        """The readings that cannot be, and those from which the counter began anew."""
        restarts = [
            Impossible(growth.after, self.value(growth.after), "restarted")
            for growth in self._stretches
            if growth.rise < 0
        ]
        return sorted([*self._wrong.values(), *restarts])

    def growths(self) -> Iterator[Growth]:
        """How the counter rose between neighbouring readings that can be, where every fact between
        is known or declared lost."""
        for growth in self._stretches:
            if growth.rise >= 0 and self._is_whole(growth.before, growth.after):
                yield growth

    def value(self, at: int) -> int:
        """The reading at a position that has one."""
        reading = self._reading(at)
        assert reading is not None
        return reading

    def last(self) -> int | None:
        """The position of the newest reading that can be."""
        return next((at for at in reversed(self._read) if at not in self._wrong), None)

    def can_rise(self, before: int, after: int, rise: int) -> bool:
        """Whether the machine can have poured so much, where this counts water."""
        if self._counter is not Counter.ML:
            return True
        explained = self._most[after + 1] - self._most[before + 1]
        since, until = self._moments[before], self._moments[after]
        numbers = self._facts[after].seq - self._facts[before].seq
        room = _ML_PER_FACT_MAX * numbers
        if since is not None and until is not None:
            elapsed_s = max((until - since).total_seconds(), 0) + 60
            room = int(self._ml_s_max * elapsed_s)
        return rise <= explained + room

    def _all_stretches(self) -> list[Growth]:
        sound = [at for at in self._read if at not in self._wrong]
        return [self._growth(before, after) for before, after in pairwise(sound)]

    def _growth(self, before: int, after: int) -> Growth:
        return Growth(
            before,
            after,
            rise=self.value(after) - self.value(before),
            least=self._least[after + 1] - self._least[before + 1],
            most=self._most[after + 1] - self._most[before + 1],
            lost=self._gone[after + 1] - self._gone[before + 1],
        )

    def _impossible(self) -> dict[int, Impossible]:
        borne_out = self._borne_out()
        sound = sorted(borne_out)
        wrong: dict[int, Impossible] = {}
        before: int | None = None
        for at in self._read:
            if at not in borne_out:
                place = bisect_right(sound, at)
                after = sound[place] if place < len(sound) else None
                if why := self._doubt(at, before, after):
                    wrong[at] = Impossible(at, self.value(at), why)
                    continue
            before = at
        return wrong

    def _doubt(self, at: int, before: int | None, after: int | None) -> str | None:
        """Why a reading that nothing bears out cannot be; None where it can."""
        value, fact = self.value(at), self._facts[at]
        if value == 0 and fact.is_proven and fact.adds(self._counter) > 0:
            return "zero"  # what the fact itself added is in it
        if before is not None and value < self.value(before):
            return "zero" if value == 0 else "fell"
        if after is not None and value > self.value(after):
            return "leapt"
        if before is not None and not self.can_rise(before, at, value - self.value(before)):
            return "leapt"
        return None

    def _borne_out(self) -> set[int]:
        """The readings that a neighbour bears out."""
        found: set[int] = set()
        for place, at in enumerate(self._read):
            for other in self._read[place + 1 : place + 1 + _REACH]:
                if self._fits(at, other):
                    found |= {at, other}
                    break
        return found

    def _fits(self, before: int, after: int) -> bool:
        growth = self._growth(before, after)
        if not self._is_whole(before, after) or growth.lost:
            return False
        if self._counter is Counter.ML:
            # Two measures of the same water: about the same will do.
            return 8 * growth.least <= 10 * growth.rise <= 12 * growth.most and growth.rise > 0
        return growth.least <= growth.rise <= growth.most

    def _is_whole(self, before: int, after: int) -> bool:
        return self._breaks[after + 1] == self._breaks[before + 1]

    def _reading(self, at: int) -> int | None:
        fact = self._facts[at]
        return fact.reading(self._counter) if fact.is_sure else None

    def _sums(self, counts: Callable[[Sighting], bool]) -> list[int]:
        """Sums of what facts add, up to and without each position."""
        adds = (fact.adds(self._counter) if counts(fact) else 0 for fact in self._facts)
        return [0, *accumulate(adds)]

    def _broken(self, at: int) -> int:
        """Whether what this fact adds is not known, or facts before it are missing."""
        missing = at > 0 and not self._all_lost(self._facts[at - 1].seq + 1, self._facts[at].seq)
        return int(missing or not self._facts[at].is_sure)

    def _missing(self, at: int) -> int:
        return self._facts[at].seq - self._facts[at - 1].seq - 1 if at else 0

    def _all_lost(self, number: int, end: int) -> bool:
        """Whether every number from `number` up to and without `end` was declared lost."""
        for first, last in self._lost:
            if first <= number <= last:
                number = last + 1
        return number >= end
