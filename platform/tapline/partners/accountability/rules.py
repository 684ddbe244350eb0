"""What becomes of a responsibility when the finding behind it moves, and its time line. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from tapline.audit import SYSTEM
from tapline.partners.accountability.model import Responsibility, ResponsibilityStep, Standing
from tapline.reconciliation import Finding, Side

HELD = frozenset({Side.PROPERTY, Side.VENDOR})
"""Sides that are asked before they answer for something. Customers are never asked."""


class Move(StrEnum):
    """What to do about a responsibility."""

    NOTHING = "nothing"
    PROPOSE = "propose"
    WITHDRAW = "withdraw"


def follow(held: Responsibility | None, finding: Finding) -> Move:
    """Follow a finding that was raised, changed or retracted.

    What a person proposed or anybody decided stands; a retraction after that changes what it
    costs, not what was said.
    """
    wanted = finding.side if finding.retracted_at is None and finding.side in HELD else None
    if held is None or held.standing is Standing.WITHDRAWN:
        return Move.PROPOSE if wanted else Move.NOTHING
    if not held.standing.is_open or wanted == held.side:
        return Move.NOTHING
    if held.proposed_by != SYSTEM and finding.retracted_at is None:
        return Move.NOTHING
    return Move.PROPOSE if wanted else Move.WITHDRAW


class Moment(NamedTuple):
    """A point of the evidence clock, the same for both sides. `what` is a code."""

    at: datetime
    what: str
    party: Side | None = None
    """Who spoke; None where a machine did."""
    actor: str = ""
    words: str = ""
    file_ids: Sequence[str] = ()


def evidence_clock(finding: Finding, steps: Iterable[ResponsibilityStep]) -> list[Moment]:
    """Everything that bears on it, oldest first: alarms, the pour, the finding, what was said.

    Made of the evidence frozen with the finding. Names no card.
    """
    moments = [*_machine(finding.evidence), Moment(finding.detected_at, "clock:found")]
    moments += [
        Moment(
            step.at,
            f"standing:{step.standing.value}",
            None if step.actor == SYSTEM else step.party,
            step.actor,
            step.words,
            step.file_ids,
        )
        for step in steps
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _machine(evidence: dict[str, Any]) -> Iterable[Moment]:
    for alarm in evidence.get("alarms", ()):
        if since := _moment(alarm.get("since")):
            yield Moment(since, str(alarm["code"]))
    for version in evidence.get("versions", ()):
        if at := _moment(version.get("ts")):
            yield Moment(at, "clock:pour")
        if at := _moment(version.get("received_at")):
            yield Moment(at, "clock:reported")


def _moment(text: object) -> datetime | None:
    """A moment as a machine wrote it; None where it is none, or has no zone."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
