"""What becomes a case, about what, how it is numbered and how it may end. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tapline.errors import InvalidError
from tapline.policy import Policy
from tapline.reconciliation import Finding
from tapline.tickets import categories
from tapline.tickets.model import Outcome, Source

LABELS = (
    Outcome.CONFIRMED_PART,
    Outcome.OTHER_FAULT,
    Outcome.NO_FAULT_FOUND,
    Outcome.NOT_VISITED,
)
"""How a case that was foreseen may end: each teaches the model something."""

_ENDS = (
    Outcome.FIXED,
    Outcome.REFUNDED,
    Outcome.NO_FAULT_FOUND,
    Outcome.OTHER_FAULT,
    Outcome.DUPLICATE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom and what a new ticket concerns, how it came, and the figures of its headline."""

    source: Source = Source.DISCREPANCY
    facts: dict[str, Any] = field(default_factory=dict)
    device_id: str | None = None
    card_no: str | None = None
    customer_id: UUID | None = None
    """Where it is not simply the card's holder."""
    order_id: UUID | None = None
    call_id: UUID | None = None
    prediction_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a ticket is about: at most one open ticket a subject."""

    subject: str
    category: str
    findings_min: int = 1
    """How many findings it takes to open one."""


_DOUBTS: Mapping[str, tuple[str, str]] = {
    "D03": ("device", "water_given_away"),
    "D05": ("device", "number_reused"),
    "D07": ("device", "records_missing"),
    "D08": ("card", "card_gap"),
    "D09": ("card", "card_doubtful"),
    "D10": ("card", "card_doubtful"),
    "D11": ("card", "card_gap"),
    "D12": ("fact", "torn_charge"),
    "D13": ("device", "late_upload"),
    "D14": ("card", "card_arrears"),
    "D15": ("card", "discrepancy"),
    "D16": ("card", "card_doubtful"),
    "D18": ("device", "meter_drift"),
    "D19": ("device", "counters_differ"),
    "D20": ("device", "clock_wrong"),
    "D22": ("device", "blocked_sale"),
    "D23": ("device", "false_proof"),
    "D25": ("card", "unknown_card"),
    "D26": ("device", "feeds_differ"),
    "D27": ("order", "delivery_disputed"),
    "D28": ("device", "readings_odd"),
}
"""What a case is about, and its category, by the rule whose finding waits for a person."""


def case_of(finding: Finding, policy: Policy) -> Case | None:
    """The case that a finding belongs to, if it is one for people.

    A single charge without water is put right by machine; several of one device are a device to
    mend. Anything else is a case where nothing but a person can decide it.
    """
    if finding.retracted_at is not None:
        return None
    if finding.code == "D01":
        return Case(_about("device", finding), "no_water", policy.device_ticket_findings)
    return doubt_of(finding) if finding.needs_person else None


def doubt_of(finding: Finding) -> Case:
    """The case in which a person decides a finding, or has decided it."""
    noun, category = _DOUBTS.get(finding.code, ("", "discrepancy"))
    return Case(_about(noun, finding), category)


def _about(noun: str, finding: Finding) -> str:
    """The subject of a finding's case: its fact, machine, card or order where it has one."""
    if noun == "fact" and finding.fact is not None:
        return _fact(*finding.fact)
    if noun == "device" and finding.device_id is not None:
        return f"device:{finding.device_id}:{finding.code}"
    if noun == "card" and finding.card_no is not None:
        return f"card:{finding.card_no}:{_DOUBTS[finding.code][1]}"
    if noun == "order":
        return finding.subject
    return f"{finding.subject}:{finding.code}"


def order_named(finding: Finding) -> UUID | None:
    """The order that a finding is about, if it is about one."""
    kind, _, name = finding.subject.partition(":")
    return UUID(name) if kind == "order" else None


def review_of(device_id: str, seq: int) -> Case:
    """The case of a correction that policy leaves to a person."""
    return Case(_fact(device_id, seq), "refund_review")


def breaker_of(scope: str, key: str) -> Case:
    """The case of automatic money that stopped for a firmware or a site."""
    return Case(f"breaker:{scope}:{key}", "money_stopped")


def reported(category: str, about: About) -> Case:
    """The case of what a person says. Told by phone and by portal it is the same one.

    All that is said of an order is one case; of a device, card or customer, all of a category.

    Raises:
        InvalidError: it names nothing that it could be about.
    """
    known = {
        "order": about.order_id,
        "device": about.device_id,
        "card": about.card_no,
        "customer": about.customer_id,
        "call": about.call_id,
    }
    for noun in categories.of(category).nouns:
        if noun == "order" and about.order_id is not None:
            return order_of(about.order_id, category)
        if known[noun] is not None:
            return Case(f"{noun}:{known[noun]}:{category}", category)
    raise InvalidError("say what it is about: an order, a device, a card, a customer or a call")


def order_of(order_id: UUID, category: str) -> Case:
    """The case of an order with which something is wrong."""
    return Case(f"order:{order_id}", category)


def foreseen_of(device_id: str, part: str) -> Case:
    """The case of a part that is foreseen to fail: one at a time."""
    return Case(f"prediction:{device_id}:{part}", "fault_foreseen")


def dark_of(device_id: str) -> Case:
    """The case of a machine that is not heard of."""
    return Case(f"device:{device_id}:machine_dark", "machine_dark")


def outage_of(incident_id: UUID, category: str) -> Case:
    """The case of an outage, whatever machines it takes in."""
    return Case(outage_subject(incident_id), category)


def outage_subject(incident_id: UUID) -> str:
    """What an outage's case is about, of whatever kind it is."""
    return f"outage:{incident_id}"


def outcomes(source: Source) -> Sequence[Outcome]:
    """How a case that came this way may be closed."""
    return LABELS if source is Source.PREDICTION else _ENDS


def number(day: date, count: int) -> str:
    """The `count`-th number of a business day: `T2611210042`."""
    return f"T{day:%y%m%d}{count:04d}"


def _fact(device_id: str, seq: int) -> str:
    return f"fact:{device_id}:{seq}"
