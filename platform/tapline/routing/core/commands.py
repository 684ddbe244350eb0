"""What a desk may be told to do. Any may come late, twice or for something unknown."""

import msgspec

from tapline.routing.core.values import AgentProfile, Presence, Queue, Work


class _Command(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag=True):
    pass


class Enqueue(_Command, frozen=True):
    """Bring in work, or bring what waits in line with its source."""

    work: Work


class Withdraw(_Command, frozen=True):
    """The work is no longer wanted; whoever has it or is offered it is free again, at once."""

    work_id: str
    reason: str


class Assign(_Command, frozen=True):
    """Somebody took a task himself, or was given it by a supervisor: no offer is needed."""

    work: Work
    agent_id: str


class Accept(_Command, frozen=True):
    offer_id: str
    agent_id: str


class Decline(_Command, frozen=True):
    offer_id: str
    agent_id: str
    reason: str = ""


class Connected(_Command, frozen=True):
    """Caller and agent hear each other."""

    work_id: str


class ConnectFailed(_Command, frozen=True):
    """They were not brought together: the caller keeps his place."""

    work_id: str
    reason: str = ""


class Finish(_Command, frozen=True):
    """The work is done; after a call its agent wraps up."""

    work_id: str


class HandBack(_Command, frozen=True):
    """Its agent gives it back unfinished: it waits again, in its old place."""

    work_id: str
    reason: str = ""


class Transfer(_Command, frozen=True):
    """Move it to another queue, with its age; bounded by `hops_max`."""

    work_id: str
    queue: str
    preferred_agent: str | None = None


class WrapUpDone(_Command, frozen=True):
    agent_id: str


class SetPresence(_Command, frozen=True):
    """While he talks or wraps up it is remembered, and applied when he is done."""

    agent_id: str
    presence: Presence
    reason: str = ""


class PutAgent(_Command, frozen=True):
    profile: AgentProfile


class RemoveAgent(_Command, frozen=True):
    agent_id: str


class PutQueue(_Command, frozen=True):
    queue: Queue


class TimerDue(_Command, frozen=True):
    """Time has passed. Nothing more need be said: what is due follows from the state."""


Command = (
    Enqueue
    | Withdraw
    | Assign
    | Accept
    | Decline
    | Connected
    | ConnectFailed
    | Finish
    | HandBack
    | Transfer
    | WrapUpDone
    | SetPresence
    | PutAgent
    | RemoveAgent
    | PutQueue
    | TimerDue
)
