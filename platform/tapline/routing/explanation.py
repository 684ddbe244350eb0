"""Why did this go there? The log's events about one work, as records that a page puts in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tapline import clock
from tapline.routing.core import events as e
from tapline.routing.core import matching
from tapline.routing.core.events import Grounds, Skipped
from tapline.routing.core.record import Record, read_events
from tapline.routing.core.state import Phase, State
from tapline.routing.repository import DeskRepository
from tapline.routing.service import MAIN, read, to_moment, to_ms
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing that happened to a work, and its reason.

    `code`: enqueued, changed, relax, backup, overflow, offered, accepted, declined, timed_out,
    rescinded, late_accept, assigned, connected, returned, moved, finished, withdrawn, ignored;
    and at the end, for work that waits: waits.
    """

    at: datetime
    code: str
    seq: int | None
    """The record of the log; None for what is seen now and was not decided."""
    agent_id: str = ""
    agent_name: str = ""
    reason: str = ""
    figures: Mapping[str, int | str] = field(default_factory=dict)
    grounds: Grounds | None = None
    """What was weighed when it was offered."""
    obstacles: Sequence[Skipped] = ()
    """Of work that waits: why nobody can be offered it."""


def why(
    uow: UnitOfWork, *, tenant_id: str, work_id: str, desk: str = MAIN
) -> Sequence[Explanation]:
    """Everything that the desk decided about a work, oldest first; empty for unknown work."""
    desks = DeskRepository(uow, tenant_id, desk)
    row = desks.find()
    if row is None:
        return []
    state = read(row)
    names = {agent_id: agent.profile.name for agent_id, agent in state.agents.items()}
    told = list(explained(desks.records_about(work_id), work_id, names))
    return [*told, *_waiting(state, work_id, clock.now())]


def explained(
    records: Iterable[Record], work_id: str, names: Mapping[str, str]
) -> Iterable[Explanation]:
    """The explanations in `records` that are about `work_id`. Pure."""
    for entry in records:
        for event in read_events(entry.events):
            if _work_id(event) == work_id:
                yield _explanation(entry.seq, event, names)


def _work_id(event: e.RoutingEvent) -> str:
    if isinstance(event, e.WorkEnqueued | e.WorkChanged | e.WorkAssigned):
        return event.work.work_id
    return str(getattr(event, "work_id", ""))


def _explanation(seq: int, event: e.RoutingEvent, names: Mapping[str, str]) -> Explanation:
    agent_id = str(getattr(event, "agent_id", ""))
    return Explanation(
        at=to_moment(event.at_ms),
        code=_code(event),
        seq=seq,
        agent_id=agent_id,
        agent_name=names.get(agent_id, ""),
        reason=str(getattr(event, "reason", "")),
        figures=_figures(event),
        grounds=event.grounds if isinstance(event, e.OfferMade) else None,
    )


_CODES: Mapping[type, str] = {
    e.WorkEnqueued: "enqueued",
    e.WorkChanged: "changed",
    e.WorkAssigned: "assigned",
    e.WorkConnected: "connected",
    e.WorkReturned: "returned",
    e.WorkMoved: "moved",
    e.OfferMade: "offered",
    e.LateAccept: "late_accept",
    e.InputIgnored: "ignored",
}


def _code(event: e.RoutingEvent) -> str:
    if isinstance(event, e.OfferEnded):
        return event.outcome.value
    if isinstance(event, e.LadderStepped):
        return event.kind.value
    if isinstance(event, e.WorkEnded):
        return event.ending.value
    return _CODES[type(event)]


def _figures(event: e.RoutingEvent) -> dict[str, int | str]:
    if isinstance(event, e.WorkEnqueued | e.WorkChanged):
        return {"queue": event.work.queue, "priority": event.work.priority}
    if isinstance(event, e.OfferMade):
        grounds = event.grounds
        return {
            "score": grounds.score // matching.MINUTE_MS,
            "waited_s": grounds.waited_ms // 1000,
            "ring_s": (event.expires_ms - event.at_ms) // 1000,
        }
    if isinstance(event, e.WorkMoved):
        return {"queue": event.queue}
    if isinstance(event, e.LadderStepped):
        return {"to": event.to}
    return {}


def _waiting(state: State, work_id: str, now: datetime) -> Iterable[Explanation]:
    job = state.jobs.get(work_id)
    if job is None or job.phase is not Phase.WAITING:
        return
    now_ms = max(to_ms(now), state.clock_ms)
    ahead = [other.work.work_id for other in matching.ranked(state, job.work.medium, now_ms)]
    yield Explanation(
        at=to_moment(now_ms),
        code="waits",
        seq=None,
        figures={
            "queue": job.queue,
            "position": ahead.index(work_id) + 1,
            "waited_s": (now_ms - job.enqueued_ms) // 1000,
        },
        obstacles=[
            Skipped(agent_id, barrier.obstacle.value, barrier.detail)
            for agent_id, barrier in matching.barriers(state, job, now_ms).items()
        ],
    )
