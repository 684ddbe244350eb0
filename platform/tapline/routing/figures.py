"""Service figures with fixed definitions, counted over a log. Pure; the formula is the docstring.

The denominator is a choice, and this is ours everywhere: who gave up at once does not count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tapline.routing.core import events as e
from tapline.routing.core.values import Queue, StepKind
from tapline.routing.hours import Hours

ABANDONED = "abandoned"
"""The reason to withdraw a work whose caller gave up waiting."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One queue in one period. Times in seconds, shares from 0 to 1, None where nothing counts."""

    offered: int
    """Came into the queue, from outside or from another one."""
    answered: int
    """Accepted by an agent; once each, though it may be given back and accepted again."""
    abandoned: int
    """The caller gave up waiting, later than `short_abandon_ms`."""
    short_abandoned: int
    left: int
    """Withdrawn or moved on unanswered for another reason, e.g. for a promised call-back."""
    waiting: int
    """Neither yet."""
    overflowed: int
    """Reached the overflow step of the ladder, whatever came of it."""
    missed: int
    """Offers that ran out."""
    declined: int
    moved: int
    """Transferred elsewhere, after an answer or before."""
    connection_rate: float | None
    """answered / (offered - short_abandoned)"""
    service_level: float | None
    """answered within the queue's `answer_within_ms` / (offered - short_abandoned)"""
    asa_s: float | None
    """Mean wait of the answered, ringing included."""
    longest_wait_s: float | None
    """Of the answered."""
    aht_s: float | None
    """(talk + wrap-up) / answered calls that ended; of tasks, the time in hand."""
    occupancy: float | None
    """(talk + wrap-up) / (talk + wrap-up + ready and idle), all agents of the desk."""


@dataclass(slots=True)
class _Course:
    """What became of one work so far."""

    work_id: str
    came_ms: int
    answered_ms: int | None = None
    held_since_ms: int | None = None
    held_ms: int = 0
    outcome: str = "waiting"

    def hold(self, at_ms: int) -> None:
        self.answered_ms = at_ms if self.answered_ms is None else self.answered_ms
        self.held_since_ms, self.outcome = at_ms, "answered"

    def let_go(self, at_ms: int) -> None:
        if self.held_since_ms is not None:
            self.held_ms += at_ms - self.held_since_ms
            self.held_since_ms = None


def figures(
    events: Iterable[e.RoutingEvent], queues: Mapping[str, Queue], queue: str, period: range
) -> Figures:
    """Count the work that came into `queue` in `period` (ms) by what the events say became of it.

    What agents did counts as far as it falls in the period.
    """
    tally = _Tally(queues, queue, period)
    for event in events:
        tally.see(event)
    return tally.figures()


class _Tally:
    def __init__(self, queues: Mapping[str, Queue], queue: str, period: range) -> None:
        self._queue, self._period = queue, period
        self._config = queues.get(queue) or Queue(queue)
        self._works: dict[str, _Course] = {}
        self._closed: list[_Course] = []
        self._hours = Hours(queues, period)
        self._counts = {"overflowed": 0, "missed": 0, "declined": 0, "moved": 0}

    def see(self, event: e.RoutingEvent) -> None:
        self._hours.see(event)
        match event:
            case e.WorkEnqueued(at_ms=at_ms, work=work):
                self._come(work.work_id, work.queue, at_ms)
            case e.WorkMoved(at_ms=at_ms, work_id=work_id, queue=queue):
                self._leave(work_id, at_ms, moved=True)
                self._come(work_id, queue, at_ms)
            case e.WorkAssigned(at_ms=at_ms, work=work):
                if work.work_id not in self._works:
                    self._come(work.work_id, work.queue, at_ms)
                self._hold(work.work_id, at_ms)
            case e.OfferEnded(at_ms=at_ms, work_id=work_id, outcome=outcome):
                self._offer_ended(work_id, at_ms, outcome)
            case e.WorkReturned(at_ms=at_ms, work_id=work_id) if course := self._works.get(work_id):
                course.let_go(at_ms)
            case e.WorkEnded(at_ms=at_ms, work_id=work_id, reason=reason):
                self._leave(work_id, at_ms, reason=reason)
            case e.LadderStepped(work_id=work_id, kind=StepKind.OVERFLOW):
                self._counts["overflowed"] += work_id in self._works
            case _:
                pass

    def figures(self) -> Figures:
        works = [*self._closed, *self._works.values()]
        by_outcome = dict.fromkeys(("answered", ABANDONED, "short", "left", "waiting"), 0)
        for course in works:
            by_outcome[course.outcome] += 1
        waits = [
            course.answered_ms - course.came_ms
            for course in works
            if course.answered_ms is not None
        ]
        within = sum(wait_ms <= self._config.answer_within_ms for wait_ms in waits)
        counted = len(works) - by_outcome["short"]
        occupancy = self._hours.occupancy()
        handled = [
            course.held_ms + self._hours.wrapped_ms(course.work_id)
            for course in self._closed
            if course.answered_ms is not None
        ]
        return Figures(
            offered=len(works),
            answered=len(waits),
            abandoned=by_outcome[ABANDONED],
            short_abandoned=by_outcome["short"],
            left=by_outcome["left"],
            waiting=by_outcome["waiting"],
            connection_rate=_share(len(waits), counted),
            service_level=_share(within, counted),
            asa_s=_mean_s(sum(waits), len(waits)),
            longest_wait_s=max(waits) / 1000 if waits else None,
            aht_s=_mean_s(sum(handled), len(handled)),
            occupancy=occupancy,
            **self._counts,
        )

    def _come(self, work_id: str, queue: str, at_ms: int) -> None:
        if queue == self._queue and at_ms in self._period:
            self._works[work_id] = _Course(work_id, at_ms)

    def _hold(self, work_id: str, at_ms: int) -> None:
        if course := self._works.get(work_id):
            course.hold(at_ms)

    def _offer_ended(self, work_id: str, at_ms: int, outcome: e.OfferOutcome) -> None:
        if work_id not in self._works:
            return
        if outcome is e.OfferOutcome.ACCEPTED:
            self._hold(work_id, at_ms)
        self._counts["missed"] += outcome is e.OfferOutcome.TIMED_OUT
        self._counts["declined"] += outcome is e.OfferOutcome.DECLINED

    def _leave(self, work_id: str, at_ms: int, *, reason: str = "", moved: bool = False) -> None:
        course = self._works.pop(work_id, None)
        if course is None:
            return
        course.let_go(at_ms)
        if course.answered_ms is None:
            short = at_ms - course.came_ms < self._config.short_abandon_ms
            course.outcome = "left" if reason != ABANDONED else "short" if short else ABANDONED
        self._counts["moved"] += moved
        self._closed.append(course)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean_s(total_ms: int, count: int) -> float | None:
    return total_ms / count / 1000 if count else None
