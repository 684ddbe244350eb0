"""What a desk is told about: work, queues, agents. All moments and durations are integer ms.

A moment counts from 1970 in UTC. Every value is immutable, its mappings too.
"""

from enum import StrEnum

import msgspec


class Medium(StrEnum):
    VOICE = "voice"
    """Takes an agent wholly; live callers go before tasks."""
    TASK = "task"
    """An agent may hold several; none is offered while he talks."""


class Work(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of work as its source describes it."""

    work_id: str
    """`<kind>:<uuid>`, e.g. `call:…`, `ticket:…`."""
    medium: Medium
    queue: str
    priority: int = 0
    """Points beside the queue's own; one point outweighs a minute of waiting (at aging 1)."""
    skills: dict[str, int] = {}
    """Wanted skills with their lowest level; a `relax` step of the queue drops them."""
    areas: tuple[str, ...] = ()
    """Wanted areas, any of which will do; a `relax` step drops them."""
    effective_enqueue_ms: int | None = None
    """Since when it counts as waiting where that is not now: a call-back keeps its place."""
    preferred_agent: str | None = None
    label: str = ""


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    SEQUENTIAL = "sequential"
    """Lowest order first."""
    ROUND_ROBIN = "round_robin"
    """The next after whom was offered last."""
    RANDOM = "random"
    PERCENT = "percent"
    """Offers in proportion to weights, exact over every round of the weights' sum."""


class StepKind(StrEnum):
    RELAX = "relax"
    """The work's own skills and areas are no longer asked for."""
    BACKUP = "backup"
    """Members of the queue `to` may be offered it too, when no member of its own can."""
    OVERFLOW = "overflow"
    """Its source is told: `to` names what it may do, e.g. `callback`. The work keeps its place."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rung of a queue's ladder, taken `after_ms` in the queue unless the work is on offer."""

    after_ms: int
    kind: StepKind
    to: str = ""


class Queue(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the work of one queue finds its agent."""

    queue: str
    strategy: Strategy = Strategy.LONGEST_IDLE
    skills: dict[str, int] = {}
    """Required of whoever gets its work, never dropped."""
    priority: int = 0
    aging: int = 1
    """Points that a minute of waiting is worth."""
    ring_ms: int = 15_000
    """How long an offer stands; three rings of the Chinese cadence."""
    retry_ms: int = 10_000
    """How long an agent who declined or missed a work is not offered it again."""
    misses_max: int = 3
    """So many calls missed in a row make an agent not ready."""
    wrap_up_ms: int = 0
    """Time after a call that is the agent's own."""
    preferred_ms: int = 0
    """How long a work waits for its preferred agent while he is ready and busy."""
    ladder: tuple[Step, ...] = ()
    """By `after_ms`."""
    hops_max: int = 3
    """How often a work may be moved before it must be settled where it is."""
    answer_within_ms: int = 20_000
    answer_percent: int = 80
    """The service level wanted: so many of a hundred within that time."""
    short_abandon_ms: int = 5000
    """Who gives up sooner is counted apart."""


class Seat(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agent's place in a queue."""

    order: int = 0
    weight: int = 1


class AgentProfile(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who an agent is and what work may reach him."""

    agent_id: str
    name: str = ""
    queues: dict[str, Seat] = {}
    skills: dict[str, int] = {}
    areas: tuple[str, ...] = ()
    tasks_max: int = 3
    """How many tasks he holds before no more is offered."""


class Presence(StrEnum):
    OFFLINE = "offline"
    READY = "ready"
    NOT_READY = "not_ready"


class Activity(StrEnum):
    IDLE = "idle"
    RINGING = "ringing"
    """Something is offered to him."""
    TALKING = "talking"
    WRAP_UP = "wrap_up"
