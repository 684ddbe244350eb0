"""What a finding says before it is stored, and what it is about. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.model import Side


def fact_subject(key: FactKey) -> str:
    """A fact: `dev:{device}:{seq}`, as the ledger names it."""
    return f"dev:{key.device_id}:{key.seq}"


def card_subject(card_no: str, atc: int | None = None) -> str:
    """A card, or one position of its counter."""
    return f"card:{card_no}" if atc is None else f"card:{card_no}:{atc}"


def device_subject(device_id: str, day: date | None = None) -> str:
    """A machine, or one business day of it."""
    return f"device:{device_id}" if day is None else f"device:{device_id}:{day.isoformat()}"


class FindingKey(NamedTuple):
    """The name of a finding: a rule, and what it is about."""

    code: str
    subject: str

    @classmethod
    def of_fact(cls, code: str, key: FactKey) -> Self:
        """What a rule says about a fact."""
        return cls(code, fact_subject(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as it should be. `facts` are the figures of its sentence, JSON values.

    One about a position of a card's chain says `atc` among them: its evidence is what stands
    around that position.
    """

    card_no: str | None
    amount_fen: int
    facts: dict[str, Any]
    needs_person: bool = False
    """Whether it waits until somebody decides."""
    device_id: str | None = None
    """The machine concerned, of which the evidence tells the state."""
    seq: int | None = None
    """Its fact, where the finding is about one."""
    side: Side | None = None
    """Who should bear it, where the figures say; else `evidence.rules` proposes."""
