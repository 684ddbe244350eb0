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
class CardsClaimed(Event):
    """These numbers became, or are no longer, another issuer's: what was drawn with them is judged
    again."""

    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReplaced(Event):
    """Another card took a card's place."""

    card_no: str
    new_card_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCarried(Event):
    """What was left on a replaced card went on to `heir`, the card in use in its place."""

    card_no: str
    heir: str


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
    device_id: str | None
    """The machine concerned, where one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityChanged(Event):
    """Somebody was held to answer for a finding, said something to it, or it was decided."""

    finding_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDue(Event):
    """What a fact owes its card has changed; `refunds` reads the target and posts the change."""

    device_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDue(Event):
    """What a purse lacks has changed, by where its card was seen next; `refunds` posts it."""

    card_no: str
    atc: int


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
class BreakerTripped(Event):
    """Automatic money stopped for a firmware or a site."""

    breaker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReset(Event):
    """A person let machines give money back again; what waited is decided anew."""

    breaker_id: UUID


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
class WorkOrderChanged(Event):
    """A technician's work order was made, accepted, begun or finished."""

    work_order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPaid(Event):
    """A customer's money arrived: `subject` is what it pays, e.g. `order:<id>`."""

    payment_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpStranded(Event):
    """Money was paid for a card that had ended meanwhile: it rests with the top-up."""

    topup_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutQueued(Event):
    """Money waits to be sent back through a provider."""

    payout_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutEnded(Event):
    """A provider confirmed a payout, or will not make it: `subject` is what it belongs to."""

    payout_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundChanged(Event):
    """A refund that a customer or an agent asked for took a step."""

    refund_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockListChanged(Event):
    """Cards were added to or taken from the list that devices keep."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockListAcknowledged(Event):
    """A device says it keeps this version of the list."""

    device_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """An order was placed, paid, sent, delivered, is late or was cancelled."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRaised(Event):
    """A fault is foreseen on a device and deserves a visit."""

    prediction_id: UUID


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
class GraduationApproved(Event):
    """The cards of those who leave a school shall be given up."""

    graduation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQueued(Event):
    """A message to a person waits to be sent."""

    notice_id: UUID
