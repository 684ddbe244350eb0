"""Stretches of time and what is left of them: half-open, in order, never touching once merged."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """A time, `end` excluded."""

    start: datetime
    end: datetime

    @property
    def lasted_s(self) -> int:
        """Whole seconds."""
        return int((self.end - self.start).total_seconds())

    def covers(self, moment: datetime) -> bool:
        """Whether `moment` lies in it."""
        return self.start <= moment < self.end


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as possible, oldest first; empty ones are dropped."""
    found: list[Span] = []
    for one in sorted(span for span in spans if span.end > span.start):
        if found and one.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """What of `spans` lies in none of the `gaps`."""
    left = merged(spans)
    for gap in merged(gaps):
        left = [piece for one in left for piece in _less(one, gap)]
    return left


def common(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in both."""
    ours = merged(spans)
    return without(ours, without(ours, others))


def total_s(spans: Sequence[Span]) -> int:
    """Seconds in all; what is counted twice is counted once."""
    return sum(span.lasted_s for span in merged(spans))


def _less(one: Span, gap: Span) -> Iterable[Span]:
    pieces = (Span(one.start, min(one.end, gap.start)), Span(max(one.start, gap.end), one.end))
    return (piece for piece in pieces if piece.end > piece.start)
