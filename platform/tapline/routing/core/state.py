"""What a desk is at one moment: a value, small enough to be written down after every decision."""

from enum import StrEnum

import msgspec

from tapline.routing.core.values import (
    Activity,
    AgentProfile,
    Medium,
    Presence,
    Queue,
    Step,
    StepKind,
    Work,
)


class Phase(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ASSIGNED = "assigned"


class Job(msgspec.Struct, frozen=True, omit_defaults=True):
    """A work while it is at the desk."""

    work: Work
    """As its source described it last."""
    queue: str
    """Where it is now: a transfer does not change what the source said."""
    enqueued_ms: int
    """When it came; its measured wait begins here."""
    queued_ms: int
    """When it came into this queue; the ladder begins here."""
    preferred_agent: str | None = None
    phase: Phase = Phase.WAITING
    offer_id: str | None = None
    """The offer that stands, or that was accepted."""
    agent_id: str | None = None
    connected: bool = False
    steps: int = 0
    """Rungs of the queue's ladder taken."""
    hops: int = 0
    passed: dict[str, int] = {}
    """Who declined or missed it, and until when he is not offered it again."""

    @property
    def effective_ms(self) -> int:
        """Since when it counts as waiting."""
        since_ms = self.work.effective_enqueue_ms
        return self.enqueued_ms if since_ms is None else since_ms

    @property
    def is_call(self) -> bool:
        return self.work.medium is Medium.VOICE


class Offer(msgspec.Struct, frozen=True):
    offer_id: str
    """`<work id>.<number>`, the numbers counting through the desk's whole life."""
    work_id: str
    agent_id: str
    made_ms: int
    expires_ms: int


class Agent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Presence is what the agent chose; activity is what he does. Neither tells the other."""

    profile: AgentProfile
    since_ms: int
    """Since when his activity is what it is."""
    idle_since_ms: int
    """When work last touched him: accepted, missed, declined or done."""
    presence_since_ms: int
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    next_presence: Presence | None = None
    next_reason: str = ""
    misses: int = 0
    """Calls missed in a row."""
    offer_id: str | None = None
    call_id: str | None = None
    """The voice work that he is on."""
    tasks: tuple[str, ...] = ()
    wrap_up_until_ms: int | None = None

    @property
    def activity(self) -> Activity:
        if self.call_id is not None:
            return Activity.TALKING
        if self.wrap_up_until_ms is not None:
            return Activity.WRAP_UP
        return Activity.IDLE if self.offer_id is None else Activity.RINGING


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A queue and what its strategy remembers."""

    config: Queue
    pointer: tuple[int, str] | None = None
    """Order and id of whom was offered work last."""
    credits: dict[str, int] = {}
    """What share each agent is owed, in weights."""

    def taken(self, job: Job, kind: StepKind) -> tuple[Step, ...]:
        """The rungs of this kind that `job` has taken."""
        return tuple(step for step in self.config.ladder[: job.steps] if step.kind is kind)


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    seed: int = 0
    draws: int = 0
    """Random numbers used."""
    offer_count: int = 0
    clock_ms: int = 0
    """When the last event happened; time never runs backwards here."""
    lines: dict[str, Line] = {}
    agents: dict[str, Agent] = {}
    jobs: dict[str, Job] = {}
    offers: dict[str, Offer] = {}


def next_due_ms(state: State, after_ms: int) -> int | None:
    """The earliest moment after `after_ms` at which something is due by itself, if any is.

    Timers are not kept: they follow from the state, so none can be lost or stale.
    """
    due = [offer.expires_ms for offer in state.offers.values()]
    due += [agent.wrap_up_until_ms for agent in state.agents.values() if agent.wrap_up_until_ms]
    for job in state.jobs.values():
        if job.phase is Phase.WAITING:
            due += _waiting_due(state.lines[job.queue].config, job)
    return min((moment_ms for moment_ms in due if moment_ms > after_ms), default=None)


def _waiting_due(queue: Queue, job: Job) -> list[int]:
    """When a rung is due, a preference ends, or an agent may be asked again."""
    due = list(job.passed.values())
    if job.steps < len(queue.ladder):
        due.append(job.queued_ms + queue.ladder[job.steps].after_ms)
    if job.preferred_agent is not None:
        due.append(job.queued_ms + queue.preferred_ms)
    return due
