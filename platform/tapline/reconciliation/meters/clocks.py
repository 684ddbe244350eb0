"""D20: which of a machine's times can be true, and when things happened where they cannot.

A machine numbers what it does in order, so its clock contradicts itself where a later number has an
earlier time. The largest set of facts whose times agree with their numbers is believed; what is
outside it lies between its neighbours. Card chains and counters never order by time.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tapline.reconciliation.meters.sightings import Sighting

EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
"""A clock that was never set starts before."""
AHEAD_MAX = timedelta(minutes=5)
"""What lies further in the future when it arrives was dated wrongly."""
BEHIND_MAX = timedelta(minutes=5)
_STEP_BACK = timedelta(seconds=60)
"""A clock that is set right steps back a little: no contradiction."""
_LAGGARDS_MIN = 3
TICKET_AFTER = timedelta(hours=24)


class WrongTime(NamedTuple):
    """Facts in a row whose times cannot be true: where in the machine's order, and why."""

    first: int
    last: int
    why: str
    """`unset`, `ahead`, `behind` or `order`."""
    heard: timedelta
    """Over how long a time such facts came in."""


def moments(facts: Sequence[Sighting]) -> list[datetime | None]:
    """When each of `facts`, ordered by number, happened: its own time where that is believed,
    else interpolated by number between its neighbours; None where nothing is believed."""
    doubts = _doubts(facts)
    known = [at for at, doubt in enumerate(doubts) if doubt is None]
    told: list[datetime | None] = [
        fact.moment if doubt is None else None for fact, doubt in zip(facts, doubts, strict=True)
    ]
    if not known:
        return told
    for before, after in pairwise(known):
        for at in range(before + 1, after):
            told[at] = _between(facts, before, at, after)
    for at in range(known[0]):
        told[at] = facts[known[0]].moment
    for at in range(known[-1] + 1, len(facts)):
        told[at] = facts[known[-1]].moment
    return told


def wrong_times(facts: Sequence[Sighting]) -> list[WrongTime]:
    """The runs of `facts`, ordered by number, whose times cannot be true."""
    doubts, runs = _doubts(facts), []
    at = 0
    while at < len(facts):
        end = at
        while end < len(facts) and doubts[end] is not None:
            end += 1
        if end > at:
            received = [fact.received_at for fact in facts[at:end]]
            why = doubts[at]
            assert why is not None
            runs.append(
                WrongTime(
                    facts[at].seq, facts[end - 1].seq, why, heard=max(received) - min(received)
                )
            )
        at = end + 1
    return runs


def _doubts(facts: Sequence[Sighting]) -> list[str | None]:
    """Why the time of each fact cannot be true; None where it is believed."""
    behind = _boots_behind(facts)
    doubts = [_own_doubt(fact, behind) for fact in facts]
    sound = [at for at, doubt in enumerate(doubts) if doubt is None]
    for at in _out_of_order(facts, sound):
        doubts[at] = "order"
    return doubts


def _own_doubt(fact: Sighting, behind: set[int]) -> str | None:
    if fact.moment is None or fact.moment < EARLIEST:
        return "unset"
    if fact.moment > fact.received_at + AHEAD_MAX:
        return "ahead"
    return "behind" if fact.boot in behind else None


def _boots_behind(facts: Sequence[Sighting]) -> set[int]:
    """The starts of the machine in which its clock was slow.

    A single late fact proves nothing: it may have waited for the network. Several that were written
    online, arrived at different times and are all late by the same were not late.
    """
    lags: dict[int, dict[datetime, timedelta]] = defaultdict(dict)
    for fact in facts:
        if fact.moment is not None and not fact.off and fact.moment >= EARLIEST:
            lag = fact.received_at - fact.moment
            kept = lags[fact.boot].get(fact.received_at)
            # Of those that arrived together the last one waited least.
            lags[fact.boot][fact.received_at] = lag if kept is None else min(kept, lag)
    return {
        boot
        for boot, seen in lags.items()
        if len(seen) >= _LAGGARDS_MIN
        and min(seen.values()) > BEHIND_MAX
        and max(seen.values()) - min(seen.values()) < _STEP_BACK
    }


def _out_of_order(facts: Sequence[Sighting], sound: Sequence[int]) -> set[int]:
    """Of the facts at `sound`, those that contradict the largest set in which none does."""
    kept = _longest_rising(facts, sound)
    wrong = set(sound) - set(kept)
    for at in sorted(wrong):
        place = bisect_right(kept, at)
        before = facts[kept[place - 1]].moment if place else None
        after = facts[kept[place]].moment if place < len(kept) else None
        moment = facts[at].moment
        assert moment is not None
        if (before is None or moment >= before - _STEP_BACK) and (
            after is None or moment <= after + _STEP_BACK
        ):
            wrong.discard(at)
    return wrong


def _longest_rising(facts: Sequence[Sighting], sound: Sequence[int]) -> list[int]:
    """Positions of the longest run of times that never fall (patience sorting, O(n log n))."""
    tails: list[datetime] = []
    ends: list[int] = []
    came_from: dict[int, int | None] = {}
    for at in sound:
        moment = facts[at].moment
        assert moment is not None
        place = bisect_right(tails, moment)
        came_from[at] = ends[place - 1] if place else None
        tails[place : place + 1] = [moment]
        ends[place : place + 1] = [at]
    kept: list[int] = []
    step = ends[-1] if ends else None
    while step is not None:
        kept.append(step)
        step = came_from[step]
    return kept[::-1]


def _between(facts: Sequence[Sighting], before: int, at: int, after: int) -> datetime:
    first, last = facts[before], facts[after]
    assert first.moment is not None
    assert last.moment is not None
    share = (facts[at].seq - first.seq) / (last.seq - first.seq)
    return first.moment + (last.moment - first.moment) * share
