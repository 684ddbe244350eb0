"""Domain events: facts in the past tense, stored in the outbox with the change they report."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events; the class name is the event's type in the outbox.

    Fields are JSON values, UUIDs or tuples of them.
    """

    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsStored(Event):
    """A batch of card facts was stored. `cards` are the cards they touch, sorted."""

    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued(Event):
    """A card became ours. What it drank before rests in suspense until it is judged again."""

    card_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesSeen(Event):
    """Facts arrived again with the same content. `facts` are (device_id, seq, card_no) triples."""

    facts: tuple[tuple[str, int, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFactsMissing(Event):
    """A device says we released facts that we do not have: we lost them, from a restored backup."""

    device_id: str
    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRaised(Event):
    """Reconciliation found a discrepancy, or changed its mind about one."""

    finding_id: UUID
    code: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDue(Event):
    """What a fact owes its card has changed; `refunds` reads the target and posts the change."""

    device_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionHeld(Event):
    """A correction is not paid by machine; `reason` is the policy that stopped it."""

    device_id: str
    seq: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPosted(Event):
    """Money went back to a card: `change_fen` of it just now."""

    device_id: str
    seq: int
    card_no: str
    change_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandQueued(Event):
    """A message down to a device waits in its queue."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """A device's presence, health or alarm state changed: pages that show it look again."""

    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged(Event):
    """A ticket was opened, taken, commented or closed."""

    ticket_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQueued(Event):
    """A message to a person waits to be sent."""

    notice_id: UUID
