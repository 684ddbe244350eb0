"""What a desk decided. Folding these from the beginning gives its state."""

from enum import StrEnum

import msgspec

from tapline.routing.core.values import AgentProfile, Presence, Queue, StepKind, Strategy, Work


class _Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag=True):
    at_ms: int


class WorkEnqueued(_Event, frozen=True):
    work: Work


class WorkChanged(_Event, frozen=True):
    """Its source describes it anew; it keeps its place."""

    work: Work


class WorkAssigned(_Event, frozen=True):
    """A task is with an agent without an offer."""

    work: Work
    agent_id: str


class WorkConnected(_Event, frozen=True):
    work_id: str


class WorkReturned(_Event, frozen=True):
    """Its agent has it no more, and it waits again."""

    work_id: str
    agent_id: str
    reason: str


class WorkMoved(_Event, frozen=True):
    work_id: str
    queue: str
    preferred_agent: str | None = None


class LadderStepped(_Event, frozen=True):
    """It waited long enough for the queue's next measure."""

    work_id: str
    kind: StepKind
    to: str = ""


class Ending(StrEnum):
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class WorkEnded(_Event, frozen=True):
    """Exactly one for each work that came in; it leaves the desk."""

    work_id: str
    ending: Ending
    reason: str = ""


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone who could have had it, and by what he was ranked."""

    agent_id: str
    tier: str
    figure: int
    """Of the strategy: ms idle, order, place after the pointer, draw, or share owed."""


class Skipped(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone who could not, and why."""

    agent_id: str
    obstacle: str
    detail: str = ""


class Grounds(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why this work went to this agent: everything that was weighed."""

    strategy: Strategy
    score: int
    """Points times 60,000: a minute of waiting at aging 1 is 60,000."""
    waited_ms: int
    ahead_of: tuple[str, ...]
    """The work ranked next behind it, at most five."""
    candidates: tuple[Candidate, ...]
    """In the order in which they would have been offered it."""
    skipped: tuple[Skipped, ...] = ()


class OfferMade(_Event, frozen=True):
    offer_id: str
    work_id: str
    agent_id: str
    expires_ms: int
    grounds: Grounds


class OfferOutcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    RESCINDED = "rescinded"


class OfferEnded(_Event, frozen=True):
    offer_id: str
    work_id: str
    agent_id: str
    outcome: OfferOutcome
    reason: str = ""


class LateAccept(_Event, frozen=True):
    """Somebody answered what had ended: if a telephone leg hangs on it, it must be hung up."""

    offer_id: str
    work_id: str
    agent_id: str


class PresenceSet(_Event, frozen=True):
    agent_id: str
    presence: Presence
    reason: str = ""


class PresenceRequested(_Event, frozen=True):
    """It applies when the agent is done with what he does."""

    agent_id: str
    presence: Presence
    reason: str = ""


class WrapUpEnded(_Event, frozen=True):
    agent_id: str


class AgentPut(_Event, frozen=True):
    profile: AgentProfile


class AgentRemoved(_Event, frozen=True):
    agent_id: str


class QueuePut(_Event, frozen=True):
    queue: Queue


class InputIgnored(_Event, frozen=True):
    """A command that could not be followed, and why; recorded, never raised."""

    reason: str
    work_id: str = ""
    agent_id: str = ""


RoutingEvent = (
    WorkEnqueued
    | WorkChanged
    | WorkAssigned
    | WorkConnected
    | WorkReturned
    | WorkMoved
    | LadderStepped
    | WorkEnded
    | OfferMade
    | OfferEnded
    | LateAccept
    | PresenceSet
    | PresenceRequested
    | WrapUpEnded
    | AgentPut
    | AgentRemoved
    | QueuePut
    | InputIgnored
)
