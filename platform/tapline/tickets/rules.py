"""Which findings become a case, about what, and how it is numbered. Pure."""

from dataclasses import dataclass
from datetime import date

from tapline.policy import Policy
from tapline.reconciliation import Finding, Resolution
from tapline.tickets.model import Priority


@dataclass(frozen=True, slots=True)
class Case:
    """What a ticket is about: at most one open ticket a subject."""

    subject: str
    category: str
    priority: Priority
    findings_min: int = 1
    """How many findings it takes to open one."""


def case_of(finding: Finding, policy: Policy) -> Case | None:
    """The case that a finding belongs to, if it is one for people.

    A single charge without water is put right by machine; several of one device are a device to
    mend. A conflict or a torn charge is a case where nothing but a person can decide it.
    """
    if finding.retracted_at is not None:
        return None
    device = f"device:{finding.device_id}:{finding.code}"
    waits = finding.resolution is Resolution.TICKET
    match finding.code:
        case "D01":
            return Case(device, "no_water", Priority.HIGH, policy.device_ticket_findings)
        case "D05" if waits:
            return Case(device, "number_reused", Priority.HIGH)
        case "D12" if waits:
            subject = _fact(finding.device_id, finding.seq)
            return Case(subject, "torn_charge", Priority.NORMAL)
        case _:
            return None


def review_of(device_id: str, seq: int) -> Case:
    """The case of a correction that policy leaves to a person."""
    return Case(_fact(device_id, seq), "refund_review", Priority.NORMAL)


def number(day: date, count: int) -> str:
    """The `count`-th number of a business day: `T2611210042`."""
    return f"T{day:%y%m%d}{count:04d}"


def _fact(device_id: str, seq: int) -> str:
    return f"fact:{device_id}:{seq}"
