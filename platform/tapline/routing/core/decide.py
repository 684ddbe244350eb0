"""The one decision function: a command comes in, and everything that follows from it comes out.

Whatever the command, what is due by now then happens, and one matching pass over all queues offers
what can be offered. So nothing waits for a second event, and no agent is idle beside work for him.
Commands are followed before timers: who answers in the last moment has answered.
"""

from collections.abc import Callable
from typing import Any

from tapline.routing.core import commands as c
from tapline.routing.core import events as e
from tapline.routing.core import matching
from tapline.routing.core.commands import Command
from tapline.routing.core.evolve import evolve
from tapline.routing.core.state import Agent, Job, Offer, Phase, State
from tapline.routing.core.values import Activity, Medium, Presence


def decide(state: State, command: Command, now_ms: int) -> list[e.RoutingEvent]:
    """What `command` at `now_ms` leads to; empty where nothing changes. Never raises.

    A clock behind the last event's is taken as standing still.
    """
    course = Course(state, max(now_ms, state.clock_ms))
    _HANDLERS[type(command)](course, command)
    settled = -1
    while len(course.events) > settled:
        # A task whose offer yields to a call waits again, and its ladder goes on at once.
        _let_due_happen(course)
        settled = len(course.events)
        _match(course)
    return course.events


class Course:
    """The events of one decision as they come about, and the state they lead to."""

    def __init__(self, state: State, now_ms: int) -> None:
        self.state = state
        self.now_ms = now_ms
        self.events: list[e.RoutingEvent] = []

    def happen(self, event: e.RoutingEvent) -> None:
        self.events.append(event)
        self.state = evolve(self.state, event)

    def ignore(self, reason: str, *, work_id: str = "", agent_id: str = "") -> None:
        self.happen(e.InputIgnored(self.now_ms, reason, work_id, agent_id))

    def job(self, work_id: str, phase: Phase) -> Job | None:
        """The job where it is in this phase; else the command is ignored."""
        job = self.state.jobs.get(work_id)
        if job is None or job.phase is not phase:
            self.ignore("unknown_work" if job is None else f"not_{phase.value}", work_id=work_id)
            return None
        return job

    def rescind(self, job: Job, reason: str) -> None:
        """Take back the offer of `job`, if one stands."""
        if job.phase is Phase.OFFERED and job.offer_id is not None:
            self.end_offer(self.state.offers[job.offer_id], e.OfferOutcome.RESCINDED, reason)

    def end_offer(self, offer: Offer, outcome: e.OfferOutcome, reason: str = "") -> None:
        self.happen(
            e.OfferEnded(
                self.now_ms, offer.offer_id, offer.work_id, offer.agent_id, outcome, reason
            )
        )


def _enqueue(course: Course, command: c.Enqueue) -> None:
    work = command.work
    job = course.state.jobs.get(work.work_id)
    if work.queue not in course.state.lines:
        course.ignore("unknown_queue", work_id=work.work_id)
    elif job is None:
        course.happen(e.WorkEnqueued(course.now_ms, work))
    elif job.phase is Phase.ASSIGNED:
        course.ignore("assigned", work_id=work.work_id)
    elif job.work != work and job.work.medium is work.medium:
        course.happen(e.WorkChanged(course.now_ms, work))


def _withdraw(course: Course, command: c.Withdraw) -> None:
    if job := course.state.jobs.get(command.work_id):
        course.rescind(job, command.reason)
        course.happen(
            e.WorkEnded(course.now_ms, command.work_id, e.Ending.WITHDRAWN, command.reason)
        )


def _assign(course: Course, command: c.Assign) -> None:
    work, agent_id = command.work, command.agent_id
    job = course.state.jobs.get(work.work_id)
    if work.medium is not Medium.TASK or (job is not None and job.is_call):
        course.ignore("needs_offer", work_id=work.work_id, agent_id=agent_id)
    elif agent_id not in course.state.agents:
        _withdraw(course, c.Withdraw(work.work_id, "taken"))
    elif work.queue not in course.state.lines:
        course.ignore("unknown_queue", work_id=work.work_id)
    elif job is None or job.agent_id != agent_id:
        if job is not None:
            course.rescind(job, "taken")
            if job.agent_id is not None:
                course.happen(
                    e.WorkReturned(course.now_ms, work.work_id, job.agent_id, "reassigned")
                )
        course.happen(e.WorkAssigned(course.now_ms, work, agent_id))


def _accept(course: Course, command: c.Accept) -> None:
    work_id = command.offer_id.rpartition(".")[0]
    offer = course.state.offers.get(command.offer_id)
    job = course.state.jobs.get(work_id)
    if offer is not None and offer.agent_id != command.agent_id:
        course.ignore("not_yours", work_id=work_id, agent_id=command.agent_id)
    elif offer is not None:
        course.end_offer(offer, e.OfferOutcome.ACCEPTED)
    elif job is None or (job.offer_id, job.agent_id) != (command.offer_id, command.agent_id):
        course.happen(e.LateAccept(course.now_ms, command.offer_id, work_id, command.agent_id))


def _decline(course: Course, command: c.Decline) -> None:
    offer = course.state.offers.get(command.offer_id)
    if offer is None or offer.agent_id != command.agent_id:
        reason = "offer_ended" if offer is None else "not_yours"
        work_id = command.offer_id.rpartition(".")[0]
        course.ignore(reason, work_id=work_id, agent_id=command.agent_id)
    else:
        course.end_offer(offer, e.OfferOutcome.DECLINED, command.reason)


def _connected(course: Course, command: c.Connected) -> None:
    job = course.job(command.work_id, Phase.ASSIGNED)
    if job is not None and not job.connected:
        course.happen(e.WorkConnected(course.now_ms, command.work_id))


def _connect_failed(course: Course, command: c.ConnectFailed) -> None:
    _give_back(course, command.work_id, command.reason or "connect_failed")


def _hand_back(course: Course, command: c.HandBack) -> None:
    _give_back(course, command.work_id, command.reason or "handed_back")


def _give_back(course: Course, work_id: str, reason: str) -> None:
    job = course.job(work_id, Phase.ASSIGNED)
    if job is not None and job.agent_id is not None:
        course.happen(e.WorkReturned(course.now_ms, work_id, job.agent_id, reason))


def _finish(course: Course, command: c.Finish) -> None:
    if course.job(command.work_id, Phase.ASSIGNED):
        course.happen(e.WorkEnded(course.now_ms, command.work_id, e.Ending.FINISHED))


def _transfer(course: Course, command: c.Transfer) -> None:
    job = course.state.jobs.get(command.work_id)
    if job is None or command.queue not in course.state.lines:
        course.ignore("unknown_work" if job is None else "unknown_queue", work_id=command.work_id)
    elif job.queue == command.queue and job.phase is not Phase.ASSIGNED:
        return
    elif job.hops >= course.state.lines[job.queue].config.hops_max:
        course.ignore("too_many_hops", work_id=command.work_id)
    else:
        course.rescind(job, "moved")
        course.happen(
            e.WorkMoved(course.now_ms, command.work_id, command.queue, command.preferred_agent)
        )


def _wrap_up_done(course: Course, command: c.WrapUpDone) -> None:
    agent = course.state.agents.get(command.agent_id)
    if agent is not None and agent.activity is Activity.WRAP_UP:
        course.happen(e.WrapUpEnded(course.now_ms, command.agent_id))


def _set_presence(course: Course, command: c.SetPresence) -> None:
    agent_id, wanted = command.agent_id, (command.presence, command.reason)
    agent = course.state.agents.get(agent_id)
    if agent is None:
        course.ignore("unknown_agent", agent_id=agent_id)
    elif agent.activity in {Activity.TALKING, Activity.WRAP_UP}:
        if wanted != _coming_presence(agent):
            course.happen(e.PresenceRequested(course.now_ms, agent_id, *wanted))
    elif wanted != (agent.presence, agent.reason):
        if command.presence is not Presence.READY:
            _rescind_of(course, agent, "agent_left")
        course.happen(e.PresenceSet(course.now_ms, agent_id, *wanted))


def _coming_presence(agent: Agent) -> tuple[Presence, str]:
    if agent.next_presence is None:
        return (agent.presence, agent.reason)
    return (agent.next_presence, agent.next_reason)


def _rescind_of(course: Course, agent: Agent, reason: str) -> None:
    if agent.offer_id is not None:
        course.end_offer(course.state.offers[agent.offer_id], e.OfferOutcome.RESCINDED, reason)


def _put_agent(course: Course, command: c.PutAgent) -> None:
    known = course.state.agents.get(command.profile.agent_id)
    if known is None or known.profile != command.profile:
        course.happen(e.AgentPut(course.now_ms, command.profile))


def _remove_agent(course: Course, command: c.RemoveAgent) -> None:
    agent = course.state.agents.get(command.agent_id)
    if agent is None:
        return
    if agent.call_id is not None:
        course.ignore("talking", agent_id=command.agent_id)
        return
    _rescind_of(course, agent, "agent_removed")
    for work_id in agent.tasks:
        course.happen(e.WorkReturned(course.now_ms, work_id, command.agent_id, "agent_removed"))
    course.happen(e.AgentRemoved(course.now_ms, command.agent_id))


def _put_queue(course: Course, command: c.PutQueue) -> None:
    line = course.state.lines.get(command.queue.queue)
    if line is None or line.config != command.queue:
        course.happen(e.QueuePut(course.now_ms, command.queue))


def _timer_due(_course: Course, _command: c.TimerDue) -> None:
    """What is due happens after every command."""


def _let_due_happen(course: Course) -> None:
    """Offers run out, wrap-ups end, ladders are climbed."""
    now_ms = course.now_ms
    expired = [offer for offer in course.state.offers.values() if offer.expires_ms <= now_ms]
    for offer in sorted(expired, key=lambda offer: (offer.expires_ms, offer.offer_id)):
        course.end_offer(offer, e.OfferOutcome.TIMED_OUT)
        _mind_misses(course, offer)
    for agent_id, agent in sorted(course.state.agents.items()):
        if agent.wrap_up_until_ms is not None and agent.wrap_up_until_ms <= now_ms:
            course.happen(e.WrapUpEnded(now_ms, agent_id))
    for work_id in sorted(course.state.jobs):
        _climb(course, work_id)


def _mind_misses(course: Course, offer: Offer) -> None:
    """Who misses one call after another is not there: callers should not pay for it."""
    agent = course.state.agents[offer.agent_id]
    queue = course.state.lines[course.state.jobs[offer.work_id].queue].config
    if agent.misses >= queue.misses_max and agent.presence is Presence.READY:
        course.happen(e.PresenceSet(course.now_ms, offer.agent_id, Presence.NOT_READY, "missed"))


def _climb(course: Course, work_id: str) -> None:
    job = course.state.jobs[work_id]
    if job.phase is not Phase.WAITING:
        return
    for step in course.state.lines[job.queue].config.ladder[job.steps :]:
        if job.queued_ms + step.after_ms > course.now_ms:
            break
        course.happen(e.LadderStepped(course.now_ms, work_id, step.kind, step.to))


def _match(course: Course) -> None:
    """Offer what can be offered, live callers first; a task on offer yields to a call."""
    for medium in (Medium.VOICE, Medium.TASK):
        waiting = matching.ranked(course.state, medium, course.now_ms)
        free = matching.free_agents(course.state, medium) if waiting else []
        for job in waiting if free else ():
            made = matching.offer(course.state, job, free, course.now_ms)
            if made is not None:
                _rescind_of(course, course.state.agents[made.agent_id], "better_match")
                course.happen(made)
                free = [agent for agent in free if agent.profile.agent_id != made.agent_id]


_HANDLERS: dict[type, Callable[[Course, Any], None]] = {
    c.Enqueue: _enqueue,
    c.Withdraw: _withdraw,
    c.Assign: _assign,
    c.Accept: _accept,
    c.Decline: _decline,
    c.Connected: _connected,
    c.ConnectFailed: _connect_failed,
    c.Finish: _finish,
    c.HandBack: _hand_back,
    c.Transfer: _transfer,
    c.WrapUpDone: _wrap_up_done,
    c.SetPresence: _set_presence,
    c.PutAgent: _put_agent,
    c.RemoveAgent: _remove_agent,
    c.PutQueue: _put_queue,
    c.TimerDue: _timer_due,
}
