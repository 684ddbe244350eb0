"""Who can be offered a work now, in which order, and why the others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tapline.routing.core import strategies
from tapline.routing.core.events import Candidate, Grounds, OfferMade, Skipped
from tapline.routing.core.state import Agent, Job, Phase, State
from tapline.routing.core.values import Activity, Medium, Presence, StepKind

MINUTE_MS = 60_000
AHEAD_MAX = 5


class Tier(IntEnum):
    """The best tier that has anybody free is offered the work."""

    PREFERRED = 0
    WANTED = 1
    RELAXED = 2
    BACKUP = 3


class Obstacle(StrEnum):
    """Why an agent cannot be offered a work now."""

    NOT_MEMBER = "not_member"
    SKILL = "skill"
    AREA = "area"
    PASSED = "passed"
    """He declined or missed it a moment ago."""
    OFFLINE = "offline"
    NOT_READY = "not_ready"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    RINGING = "ringing"
    CAPACITY = "capacity"
    """He holds as many tasks as he may."""


@dataclass(frozen=True, slots=True)
class Barrier:
    obstacle: Obstacle
    detail: str = ""


def score(state: State, job: Job, now_ms: int) -> int:
    """Priority and age of a work: a point is worth as much as a minute at aging 1."""
    queue = state.lines[job.queue].config
    points = queue.priority + job.work.priority
    return points * MINUTE_MS + queue.aging * (now_ms - job.effective_ms)


def ranked(
    state: State, medium: Medium, now_ms: int, phases: Sequence[Phase] = (Phase.WAITING,)
) -> list[Job]:
    """What waits, first to be offered first: score, then who came first, then the id."""
    waiting = [
        (-score(state, job, now_ms), job.effective_ms, job.work.work_id, job)
        for job in state.jobs.values()
        if job.phase in phases and job.work.medium is medium
    ]
    return [entry[-1] for entry in sorted(waiting, key=lambda entry: entry[:-1])]


def free_agents(state: State, medium: Medium) -> list[Agent]:
    """Who may be offered work of this medium at all."""
    return [agent for agent in state.agents.values() if availability(state, agent, medium) is None]


def availability(state: State, agent: Agent, medium: Medium) -> Barrier | None:
    """What keeps the agent from any work of this medium. A task on offer yields to a call."""
    if agent.presence is Presence.OFFLINE:
        return Barrier(Obstacle.OFFLINE)
    if agent.presence is not Presence.READY:
        return Barrier(Obstacle.NOT_READY, agent.reason)
    if agent.activity in {Activity.TALKING, Activity.WRAP_UP}:
        return Barrier(Obstacle(agent.activity.value))
    if agent.offer_id is not None:
        offered = state.jobs[state.offers[agent.offer_id].work_id]
        if medium is Medium.TASK or offered.is_call:
            return Barrier(Obstacle.RINGING)
    if medium is Medium.TASK and len(agent.tasks) >= agent.profile.tasks_max:
        return Barrier(Obstacle.CAPACITY, str(agent.profile.tasks_max))
    return None


def ability(state: State, job: Job, agent: Agent, now_ms: int) -> Tier | Barrier:
    """In which tier the agent can do this work, were he free; else what he lacks."""
    line = state.lines[job.queue]
    if job.passed.get(agent.profile.agent_id, now_ms) > now_ms:
        return Barrier(Obstacle.PASSED)
    if lacking := _lacks(line.config.skills, agent):
        return lacking
    wanting = _lacks(job.work.skills, agent) or _outside(job, agent)
    if job.queue in agent.profile.queues:
        if wanting is None:
            preferred = agent.profile.agent_id == job.preferred_agent
            return Tier.PREFERRED if preferred else Tier.WANTED
        return Tier.RELAXED if line.taken(job, StepKind.RELAX) else wanting
    backups = line.taken(job, StepKind.BACKUP)
    if any(step.to in agent.profile.queues for step in backups):
        return Tier.BACKUP
    return Barrier(Obstacle.NOT_MEMBER)


def offer(state: State, job: Job, free: Sequence[Agent], now_ms: int) -> OfferMade | None:
    """The offer to make for `job`, unless nobody of `free` can be offered it."""
    if not free or _waits_for_preferred(state, job, now_ms):
        return None
    line = state.lines[job.queue]
    able = {agent.profile.agent_id: ability(state, job, agent, now_ms) for agent in free}
    tiers = {agent_id: tier for agent_id, tier in able.items() if isinstance(tier, Tier)}
    if not tiers:
        return None
    order = sorted(
        tiers,
        key=lambda agent_id: (
            tiers[agent_id],
            strategies.key(state, line, state.agents[agent_id], now_ms),
        ),
    )
    return OfferMade(
        at_ms=now_ms,
        offer_id=f"{job.work.work_id}.{state.offer_count + 1}",
        work_id=job.work.work_id,
        agent_id=order[0],
        expires_ms=now_ms + line.config.ring_ms,
        grounds=_grounds(state, job, [(agent_id, tiers[agent_id]) for agent_id in order], now_ms),
    )


def barriers(state: State, job: Job, now_ms: int) -> Mapping[str, Barrier]:
    """Why each agent of the queue cannot be offered `job` now, by agent, sorted."""
    found = {}
    for agent_id, agent in sorted(state.agents.items()):
        able = ability(state, job, agent, now_ms)
        if isinstance(able, Barrier) and able.obstacle is Obstacle.NOT_MEMBER:
            continue
        barrier = able if isinstance(able, Barrier) else None
        if found_one := barrier or availability(state, agent, job.work.medium):
            found[agent_id] = found_one
    return found


def _waits_for_preferred(state: State, job: Job, now_ms: int) -> bool:
    """Whether the preferred agent will soon be free for it, and nobody else should have it."""
    agent = state.agents.get(job.preferred_agent or "")
    window_ms = state.lines[job.queue].config.preferred_ms
    if agent is None or now_ms >= job.queued_ms + window_ms:
        return False
    barrier = availability(state, agent, job.work.medium)
    busy = barrier is not None and barrier.obstacle in {
        Obstacle.TALKING,
        Obstacle.WRAP_UP,
        Obstacle.RINGING,
    }
    return busy and ability(state, job, agent, now_ms) is Tier.PREFERRED


def _grounds(
    state: State, job: Job, candidates: Sequence[tuple[str, Tier]], now_ms: int
) -> Grounds:
    line = state.lines[job.queue]
    behind = [
        other.work.work_id
        for other in ranked(state, job.work.medium, now_ms)
        if other.work.work_id != job.work.work_id
    ]
    return Grounds(
        strategy=line.config.strategy,
        score=score(state, job, now_ms),
        waited_ms=now_ms - job.enqueued_ms,
        ahead_of=tuple(behind[:AHEAD_MAX]),
        candidates=tuple(
            Candidate(
                agent_id,
                tier.name.lower(),
                strategies.figure(state, line, state.agents[agent_id], now_ms),
            )
            for agent_id, tier in candidates
        ),
        skipped=tuple(
            Skipped(agent_id, barrier.obstacle.value, barrier.detail)
            for agent_id, barrier in barriers(state, job, now_ms).items()
        ),
    )


def _lacks(skills: Mapping[str, int], agent: Agent) -> Barrier | None:
    for name, level in sorted(skills.items()):
        if agent.profile.skills.get(name, 0) < level:
            return Barrier(Obstacle.SKILL, f"{name}:{level}")
    return None


def _outside(job: Job, agent: Agent) -> Barrier | None:
    if not job.work.areas or set(job.work.areas) & set(agent.profile.areas):
        return None
    return Barrier(Obstacle.AREA, ",".join(job.work.areas))
