"""What reconciliation found, and money on its word."""

from dataclasses import dataclass
from uuid import UUID

from tapline.events.base import Event


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
class GoodwillUndone(Event):
    """What was given for a pour out of goodwill was taken back."""

    device_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTripped(Event):
    """Automatic money stopped for a firmware or a site."""

    breaker_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReset(Event):
    """A person let machines give money back again; what waited is decided anew."""

    breaker_id: UUID
