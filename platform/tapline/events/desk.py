"""The desk: tickets, offers, calls, messages."""

from dataclasses import dataclass
from uuid import UUID

from tapline.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged(Event):
    """A ticket was opened, taken, commented or closed."""

    ticket_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderChanged(Event):
    """A technician's work order was made, accepted, begun or finished."""

    work_order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsBuiltIn(Event):
    """A technician ended a work order, and has built in parts."""

    work_order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMoved(Event):
    """The router of a desk decided something: pages that show its queue look again."""

    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Event):
    """A piece of work was offered to one agent."""

    desk: str
    offer_id: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded(Event):
    """An offer was accepted, declined, rescinded or ran out: `outcome` says which."""

    desk: str
    offer_id: str
    work_id: str
    agent_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOverflowed(Event):
    """A work waited too long; its source may now do `step`, e.g. `callback`. It keeps its place."""

    desk: str
    work_id: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChanged(Event):
    """A call arrived, moved on or ended."""

    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PortCommandQueued(Event):
    """The telephone exchange shall do something."""

    command_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQueued(Event):
    """A message to a person waits to be sent."""

    notice_id: UUID
