"""What a desk looks like now: for its wallboard, and for each agent's own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline import clock
from tapline.routing.core import matching
from tapline.routing.core.matching import Barrier
from tapline.routing.core.state import Agent, Job, Offer, Phase, State
from tapline.routing.core.values import Activity, AgentProfile, Medium, Presence, Queue, Work
from tapline.routing.repository import DeskRepository
from tapline.routing.service import MAIN, read, to_moment, to_ms
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work that nobody has yet, or that is being offered."""

    work: Work
    queue: str
    position: int
    """From 1, over all work of its medium."""
    since: datetime
    wait_s: int
    score: int
    steps: int
    """Rungs of its queue's ladder that were taken."""
    offered_to: str | None
    barriers: Mapping[str, Barrier]
    """Why each agent of its queue cannot be offered it now; empty while it is on offer."""


@dataclass(frozen=True, slots=True)
class OfferView:
    offer_id: str
    agent_id: str
    work: Work
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AgentView:
    profile: AgentProfile
    presence: Presence
    presence_reason: str
    presence_since: datetime
    next_presence: Presence | None
    activity: Activity
    since: datetime
    call: Work | None
    tasks: tuple[Work, ...]
    wrap_up_until: datetime | None
    offer: OfferView | None


@dataclass(frozen=True, slots=True)
class QueueView:
    config: Queue
    waiting: int
    longest_wait_s: int
    ready: int
    """Members who could be offered something now."""


@dataclass(frozen=True, slots=True)
class DeskView:
    at: datetime
    queues: Sequence[QueueView]
    waiting: Sequence[Waiting]
    """Live callers first, each medium in the order in which it will be offered."""
    agents: Sequence[AgentView]
    """By name, then id."""
    offers: Sequence[OfferView]


def view(uow: UnitOfWork, *, tenant_id: str, desk: str = MAIN) -> DeskView:
    """The desk now; an empty one where nobody has worked yet."""
    row = DeskRepository(uow, tenant_id, desk).find()
    return of_state(State() if row is None else read(row), clock.now())


def agent_view(
    uow: UnitOfWork, *, tenant_id: str, agent_id: str, desk: str = MAIN
) -> AgentView | None:
    """What one agent does; None until he was ready for the first time."""
    row = DeskRepository(uow, tenant_id, desk).find()
    state = State() if row is None else read(row)
    agent = state.agents.get(agent_id)
    return None if agent is None else _agent(state, agent)


def offers_of(
    uow: UnitOfWork, *, tenant_id: str, agent_id: str, desk: str = MAIN
) -> Sequence[OfferView]:
    """What stands on offer to this agent: nothing, or one."""
    seen = agent_view(uow, tenant_id=tenant_id, agent_id=agent_id, desk=desk)
    return [] if seen is None or seen.offer is None else [seen.offer]


def of_state(state: State, now: datetime) -> DeskView:
    """The view of a state. Pure."""
    now_ms = max(to_ms(now), state.clock_ms)
    waiting = [
        _waiting(state, job, position, now_ms)
        for medium in (Medium.VOICE, Medium.TASK)
        for position, job in enumerate(_unassigned(state, medium, now_ms), start=1)
    ]
    agents = sorted(
        state.agents.values(), key=lambda agent: (agent.profile.name, agent.profile.agent_id)
    )
    offers = sorted(state.offers.values(), key=lambda offer: (offer.made_ms, offer.offer_id))
    return DeskView(
        at=to_moment(now_ms),
        queues=[_queue(state, name, now_ms) for name in sorted(state.lines)],
        waiting=waiting,
        agents=[_agent(state, agent) for agent in agents],
        offers=[_offer(state, offer) for offer in offers],
    )


def _unassigned(state: State, medium: Medium, now_ms: int) -> list[Job]:
    return matching.ranked(state, medium, now_ms, phases=(Phase.WAITING, Phase.OFFERED))


def _waiting(state: State, job: Job, position: int, now_ms: int) -> Waiting:
    offer = state.offers.get(job.offer_id or "")
    return Waiting(
        work=job.work,
        queue=job.queue,
        position=position,
        since=to_moment(job.enqueued_ms),
        wait_s=(now_ms - job.enqueued_ms) // 1000,
        score=matching.score(state, job, now_ms),
        steps=job.steps,
        offered_to=None if offer is None else offer.agent_id,
        barriers={} if offer else matching.barriers(state, job, now_ms),
    )


def _offer(state: State, offer: Offer) -> OfferView:
    return OfferView(
        offer.offer_id,
        offer.agent_id,
        state.jobs[offer.work_id].work,
        to_moment(offer.made_ms),
        to_moment(offer.expires_ms),
    )


def _agent(state: State, agent: Agent) -> AgentView:
    until_ms = agent.wrap_up_until_ms
    return AgentView(
        profile=agent.profile,
        presence=agent.presence,
        presence_reason=agent.reason,
        presence_since=to_moment(agent.presence_since_ms),
        next_presence=agent.next_presence,
        activity=agent.activity,
        since=to_moment(agent.since_ms),
        call=state.jobs[agent.call_id].work if agent.call_id else None,
        tasks=tuple(state.jobs[work_id].work for work_id in agent.tasks),
        wrap_up_until=None if until_ms is None else to_moment(until_ms),
        offer=_offer(state, state.offers[agent.offer_id]) if agent.offer_id else None,
    )


def _queue(state: State, name: str, now_ms: int) -> QueueView:
    waits = [
        now_ms - job.enqueued_ms
        for job in state.jobs.values()
        if job.queue == name and job.phase is not Phase.ASSIGNED
    ]
    ready = [
        agent
        for agent in state.agents.values()
        if name in agent.profile.queues
        and matching.availability(state, agent, Medium.VOICE) is None
    ]
    return QueueView(
        state.lines[name].config, len(waits), max(waits, default=0) // 1000, len(ready)
    )
