"""A busy day of a small hotline: who calls when, how patient he is, how long it takes.

Everything is drawn from one seed in the order of the clock, so a day can be had twice.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core import next_due_ms
from tapline.routing.core.record import Digest
from tapline.routing.core.state import Phase
from tapline.routing.core.values import (
    AgentProfile,
    Medium,
    Presence,
    Queue,
    Seat,
    Step,
    StepKind,
    Work,
)
from tapline.routing.figures import ABANDONED, Figures, figures
from tapline.routing.simulation.desk import Desk

HOUR_MS = 3_600_000
BUSY_DAY = (7, 11, 15, 12, 9, 8, 10, 12, 9, 7)
"""Calls by hour from 08:00 to 18:00, of a hundred: the busy hour has 15."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Means in seconds, of exponentially distributed times."""

    calls: int = 800
    tickets: int = 100
    agents: int = 8
    seed: int = 7
    hours: Sequence[int] = BUSY_DAY
    """The weight of each hour."""
    talk_s: float = 120
    wrap_up_s: int = 30
    patience_s: float | None = 90
    """None: nobody hangs up."""
    ticket_s: float = 300
    pick_up_s: tuple[float, float] = (2, 6)
    """How long an agent lets it ring, evenly distributed."""
    missed_percent: int = 2
    """So many of a hundred offers nobody answers."""
    overflow_s: int | None = 30
    """From then on a caller is promised a call, and hangs up."""

    @property
    def queues(self) -> tuple[Queue, ...]:
        step = Step(round((self.overflow_s or 0) * 1000), StepKind.OVERFLOW, "callback")
        ladder = (step,) if self.overflow_s is not None else ()
        return (
            Queue("calls", ladder=ladder, wrap_up_ms=self.wrap_up_s * 1000),
            Queue("callbacks", wrap_up_ms=self.wrap_up_s * 1000),
            Queue("tickets", ring_ms=120_000, retry_ms=600_000),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a day came to."""

    digest: Digest
    decisions: int
    calls: Figures
    busy_hour: Figures
    callbacks: Figures
    tickets: Figures


def run(day: Day) -> Outcome:
    """Live through `day`, to the last call and ticket."""
    return _lived(day).outcome()


def lived(day: Day) -> Desk:
    """The desk after `day`, with its whole log."""
    return _lived(day).desk


def _lived(day: Day) -> "_Floor":
    floor = _Floor(day)
    floor.open()
    floor.live()
    return floor


class _Floor:
    """The people, and what each will do when."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._chance = random.Random(day.seed)  # noqa: S311 (a simulation must repeat)
        self.desk = Desk(day.queues, seed=day.seed)
        self._diary: list[tuple[int, int, Callable[[], None]]] = []
        self._entries = 0

    def open(self) -> None:
        """Everybody is ready at eight; the day's calls and tickets are drawn."""
        queues = {queue.queue: Seat() for queue in self._day.queues}
        for number in range(self._day.agents):
            profile = AgentProfile(f"agent:{number:02}", queues=queues)
            self._do(c.PutAgent(profile))
            self._do(c.SetPresence(profile.agent_id, Presence.READY))
        for number in range(self._day.calls):
            hour = self._chance.choices(range(len(self._day.hours)), self._day.hours)[0]
            at_ms = int((hour + self._chance.random()) * HOUR_MS)
            self._at(at_ms, lambda number=number: self._call(number))  # type: ignore[misc]
        for number in range(self._day.tickets):
            at_ms = self._chance.randrange(len(self._day.hours) * HOUR_MS)
            self._at(at_ms, lambda number=number: self._ticket(number))  # type: ignore[misc]

    def live(self) -> None:
        """Do one thing after the other; the desk's own timers come first in the same moment."""
        while self._diary:
            at_ms = self._diary[0][0]
            due_ms = next_due_ms(self.desk.state, self.desk.now_ms)
            if due_ms is not None and due_ms <= at_ms:
                self.desk.now_ms = due_ms
                self._do(c.TimerDue())
                continue
            at_ms, _, act = heapq.heappop(self._diary)
            self.desk.now_ms = max(self.desk.now_ms, at_ms)
            act()

    def outcome(self) -> Outcome:
        queues = {queue.queue: queue for queue in self._day.queues}
        hours = self._day.hours
        busiest = max(range(len(hours)), key=lambda hour: hours[hour]) * HOUR_MS
        day, busy = range(self.desk.now_ms + 1), range(busiest, busiest + HOUR_MS)

        def counted(queue: str, period: range) -> Figures:
            return figures(self.desk.events, queues, queue, period)

        return Outcome(
            digest=self.desk.digest(),
            decisions=len(self.desk.log),
            calls=counted("calls", day),
            busy_hour=counted("calls", busy),
            callbacks=counted("callbacks", day),
            tickets=counted("tickets", day),
        )

    def _at(self, at_ms: int, act: Callable[[], None]) -> None:
        self._entries += 1
        heapq.heappush(self._diary, (at_ms, self._entries, act))

    def _in(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self.desk.now_ms + round(seconds * 1000), act)

    def _exponential(self, mean_s: float) -> float:
        return self._chance.expovariate(1 / mean_s)

    def _call(self, number: int) -> None:
        work_id = f"call:{number}"
        if self._day.patience_s is not None:
            self._in(self._exponential(self._day.patience_s), lambda: self._hang_up(work_id))
        self._do(c.Enqueue(Work(work_id, Medium.VOICE, "calls")))

    def _ticket(self, number: int) -> None:
        self._do(c.Enqueue(Work(f"ticket:{number}", Medium.TASK, "tickets")))

    def _hang_up(self, work_id: str) -> None:
        job = self.desk.state.jobs.get(work_id)
        if job is not None and job.phase is not Phase.ASSIGNED:
            self._do(c.Withdraw(work_id, ABANDONED))

    def _do(self, command: c.Command) -> None:
        """Submit it, and let people react to what comes of it."""
        for event in self.desk.do(command):
            if isinstance(event, e.OfferMade):
                self._ring(event)
            elif isinstance(event, e.OfferEnded) and event.outcome is e.OfferOutcome.ACCEPTED:
                mean_s = self._day.ticket_s if "ticket" in event.work_id else self._day.talk_s
                work_id = event.work_id
                self._in(self._exponential(mean_s), lambda w=work_id: self._do(c.Finish(w)))  # type: ignore[misc]
            elif isinstance(event, e.LadderStepped):
                self._at(self.desk.now_ms, lambda w=event.work_id: self._promise(w))  # type: ignore[misc]

    def _ring(self, offer: e.OfferMade) -> None:
        if self._chance.randrange(100) >= self._day.missed_percent:
            accept = c.Accept(offer.offer_id, offer.agent_id)
            self._in(self._chance.uniform(*self._day.pick_up_s), lambda: self._accept(accept))

    def _accept(self, accept: c.Accept) -> None:
        if accept.offer_id in self.desk.state.offers:
            self._do(accept)

    def _promise(self, work_id: str) -> None:
        """The caller hangs up for a call-back, which keeps his place."""
        job = self.desk.state.jobs.get(work_id)
        if job is not None and job.phase is not Phase.ASSIGNED:
            self._do(c.Withdraw(work_id, "callback"))
            promise = Work(
                work_id.replace("call:", "callback:"),
                Medium.VOICE,
                "callbacks",
                effective_enqueue_ms=job.effective_ms,
            )
            self._do(c.Enqueue(promise))
