"""What each event does to the state: a pure fold, which never decides anything."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from tapline.routing.core import events as e
from tapline.routing.core import strategies
from tapline.routing.core.state import Agent, Job, Line, Offer, Phase, State
from tapline.routing.core.values import Presence

V = TypeVar("V")


def evolve(state: State, event: e.RoutingEvent) -> State:
    """The state after `event`."""
    return _FOLDS[type(event)](replace(state, clock_ms=event.at_ms), event)


def fold(state: State, events: Iterable[e.RoutingEvent]) -> State:
    """The state after all of `events`, in order."""
    for event in events:
        state = evolve(state, event)
    return state


def _enqueued(state: State, event: e.WorkEnqueued) -> State:
    work = event.work
    job = Job(work, work.queue, event.at_ms, event.at_ms, work.preferred_agent)
    return _with_job(state, job)


def _changed(state: State, event: e.WorkChanged) -> State:
    work, job = event.work, state.jobs[event.work.work_id]
    if work.queue != job.work.queue:
        job = replace(job, queue=work.queue, queued_ms=event.at_ms, steps=0)
    if work.preferred_agent != job.work.preferred_agent:
        job = replace(job, preferred_agent=work.preferred_agent)
    return _with_job(state, replace(job, work=work))


def _assigned(state: State, event: e.WorkAssigned) -> State:
    work_id = event.work.work_id
    if work_id not in state.jobs:
        state = _enqueued(state, e.WorkEnqueued(event.at_ms, event.work))
    state = _with_job(state, replace(state.jobs[work_id], work=event.work, offer_id=None))
    return _handed(state, work_id, event.agent_id, event.at_ms)


def _connected(state: State, event: e.WorkConnected) -> State:
    return _with_job(state, replace(state.jobs[event.work_id], connected=True))


def _returned(state: State, event: e.WorkReturned) -> State:
    """The agent did not do it: he has no wrap-up, and for a while is not offered it again."""
    job = state.jobs[event.work_id]
    until_ms = event.at_ms + state.lines[job.queue].config.retry_ms
    state = _freed(state, job, event.at_ms, wrap_up_ms=0)
    passed = job.passed | {event.agent_id: until_ms}
    return _with_job(state, replace(_unassigned(job), passed=passed))


def _moved(state: State, event: e.WorkMoved) -> State:
    job = state.jobs[event.work_id]
    state = _freed(state, job, event.at_ms, state.lines[job.queue].config.wrap_up_ms)
    moved = replace(
        _unassigned(job),
        queue=event.queue,
        queued_ms=event.at_ms,
        preferred_agent=event.preferred_agent,
        steps=0,
        hops=job.hops + 1,
        passed={},
    )
    return _with_job(state, moved)


def _stepped(state: State, event: e.LadderStepped) -> State:
    job = state.jobs[event.work_id]
    return _with_job(state, replace(job, steps=job.steps + 1))


def _ended(state: State, event: e.WorkEnded) -> State:
    """Who did it wraps it up; what was withdrawn leaves nothing to write down."""
    job = state.jobs[event.work_id]
    finished = event.ending is e.Ending.FINISHED
    wrap_up_ms = state.lines[job.queue].config.wrap_up_ms if finished else 0
    state = _freed(state, job, event.at_ms, wrap_up_ms)
    return replace(state, jobs=_without(state.jobs, event.work_id))


def _offer_made(state: State, event: e.OfferMade) -> State:
    job, agent = state.jobs[event.work_id], state.agents[event.agent_id]
    line = strategies.offered(state, state.lines[job.queue], agent)
    offer = Offer(event.offer_id, event.work_id, event.agent_id, event.at_ms, event.expires_ms)
    state = _with_job(state, replace(job, phase=Phase.OFFERED, offer_id=event.offer_id))
    state = _with_agent(state, replace(agent, offer_id=event.offer_id, since_ms=event.at_ms))
    return replace(
        state,
        offers=state.offers | {event.offer_id: offer},
        offer_count=state.offer_count + 1,
        draws=state.draws + 1,
        lines=state.lines | {job.queue: line},
    )


def _offer_ended(state: State, event: e.OfferEnded) -> State:
    state = replace(state, offers=_without(state.offers, event.offer_id))
    agent = replace(state.agents[event.agent_id], offer_id=None, since_ms=event.at_ms)
    job = replace(state.jobs[event.work_id], phase=Phase.WAITING)
    if event.outcome is e.OfferOutcome.ACCEPTED:
        state = _with_job(_with_agent(state, replace(agent, misses=0)), job)
        return _handed(state, event.work_id, event.agent_id, event.at_ms)
    if event.outcome is not e.OfferOutcome.RESCINDED:
        missed = job.is_call and event.outcome is e.OfferOutcome.TIMED_OUT
        misses = agent.misses + 1 if missed else agent.misses
        agent = replace(agent, idle_since_ms=event.at_ms, misses=misses)
        until_ms = event.at_ms + state.lines[job.queue].config.retry_ms
        job = replace(job, passed=job.passed | {event.agent_id: until_ms})
    return _with_job(_with_agent(state, agent), replace(job, offer_id=None))


def _presence_set(state: State, event: e.PresenceSet) -> State:
    """Who says that he is there again is asked again, also about what he missed."""
    agent_id, agent = event.agent_id, state.agents[event.agent_id]
    if event.presence is Presence.READY:
        passed_by = [job for job in state.jobs.values() if agent_id in job.passed]
        for job in passed_by:
            state = _with_job(state, replace(job, passed=_without(job.passed, agent_id)))
    return _with_agent(state, _present(agent, event.presence, event.reason, event.at_ms))


def _presence_requested(state: State, event: e.PresenceRequested) -> State:
    agent = state.agents[event.agent_id]
    asked = replace(agent, next_presence=event.presence, next_reason=event.reason)
    return _with_agent(state, asked)


def _wrap_up_ended(state: State, event: e.WrapUpEnded) -> State:
    agent = replace(state.agents[event.agent_id], wrap_up_until_ms=None)
    return _with_agent(state, _idle(agent, event.at_ms))


def _agent_put(state: State, event: e.AgentPut) -> State:
    known = state.agents.get(event.profile.agent_id)
    new = Agent(event.profile, event.at_ms, event.at_ms, event.at_ms)
    return _with_agent(state, replace(known, profile=event.profile) if known else new)


def _agent_removed(state: State, event: e.AgentRemoved) -> State:
    return replace(state, agents=_without(state.agents, event.agent_id))


def _queue_put(state: State, event: e.QueuePut) -> State:
    name = event.queue.queue
    known = state.lines.get(name)
    line = replace(known, config=event.queue) if known else Line(event.queue)
    return replace(state, lines=state.lines | {name: line})


def _nothing(state: State, _event: e.RoutingEvent) -> State:
    return state


def _handed(state: State, work_id: str, agent_id: str, at_ms: int) -> State:
    """The work is with the agent now."""
    job, agent = state.jobs[work_id], state.agents[agent_id]
    job = replace(job, phase=Phase.ASSIGNED, agent_id=agent_id, passed={})
    agent = replace(agent, idle_since_ms=at_ms, since_ms=at_ms)
    if job.is_call:
        agent = replace(agent, call_id=work_id)
    else:
        agent = replace(agent, tasks=(*agent.tasks, work_id))
    return _with_agent(_with_job(state, job), agent)


def _freed(state: State, job: Job, at_ms: int, wrap_up_ms: int) -> State:
    """Whoever had the work has it no more."""
    if job.phase is not Phase.ASSIGNED or job.agent_id is None:
        return state
    agent, work_id = state.agents[job.agent_id], job.work.work_id
    if not job.is_call:
        tasks = tuple(task for task in agent.tasks if task != work_id)
        return _with_agent(state, replace(agent, tasks=tasks, idle_since_ms=at_ms))
    agent = replace(agent, call_id=None)
    if wrap_up_ms > 0:
        wrapping = replace(agent, wrap_up_until_ms=at_ms + wrap_up_ms, since_ms=at_ms)
        return _with_agent(state, wrapping)
    return _with_agent(state, _idle(agent, at_ms))


def _idle(agent: Agent, at_ms: int) -> Agent:
    """Done with a call: what he asked for meanwhile applies."""
    agent = replace(agent, since_ms=at_ms, idle_since_ms=at_ms)
    if agent.next_presence is None:
        return agent
    return _present(agent, agent.next_presence, agent.next_reason, at_ms)


def _present(agent: Agent, presence: Presence, reason: str, at_ms: int) -> Agent:
    became_ready = presence is Presence.READY and agent.presence is not Presence.READY
    return replace(
        agent,
        presence=presence,
        reason=reason,
        presence_since_ms=at_ms,
        idle_since_ms=at_ms if became_ready else agent.idle_since_ms,
        misses=0,
        next_presence=None,
        next_reason="",
    )


def _unassigned(job: Job) -> Job:
    return replace(job, phase=Phase.WAITING, agent_id=None, offer_id=None, connected=False)


def _with_job(state: State, job: Job) -> State:
    return replace(state, jobs=state.jobs | {job.work.work_id: job})


def _with_agent(state: State, agent: Agent) -> State:
    return replace(state, agents=state.agents | {agent.profile.agent_id: agent})


def _without(mapping: dict[str, V], key: str) -> dict[str, V]:
    return {name: value for name, value in mapping.items() if name != key}


_FOLDS: dict[type, Callable[[State, Any], State]] = {
    e.WorkEnqueued: _enqueued,
    e.WorkChanged: _changed,
    e.WorkAssigned: _assigned,
    e.WorkConnected: _connected,
    e.WorkReturned: _returned,
    e.WorkMoved: _moved,
    e.LadderStepped: _stepped,
    e.WorkEnded: _ended,
    e.OfferMade: _offer_made,
    e.OfferEnded: _offer_ended,
    e.LateAccept: _nothing,
    e.PresenceSet: _presence_set,
    e.PresenceRequested: _presence_requested,
    e.WrapUpEnded: _wrap_up_ended,
    e.AgentPut: _agent_put,
    e.AgentRemoved: _agent_removed,
    e.QueuePut: _queue_put,
    e.InputIgnored: _nothing,
}
