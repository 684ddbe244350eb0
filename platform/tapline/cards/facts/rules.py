"""What a fact is worth to the ledger when it arrives. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from tapline import ledger
from tapline.cards.facts.model import Payer


class Verdict(StrEnum):
    """What became of a fact; each of them releases it."""

    ACCEPTED = "accepted"
    DUP = "dup"
    QUARANTINED = "quarantined"


UNPROVEN = frozenset({"torn", "reversed"})
"""How an operation ended that moved no money, or of which nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who bears a fact, how much of it, and why where it is not simply the card."""

    payer: Payer
    card_no: str | None
    amount_fen: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """What the ledger shall hold for a fact from now on; no `standing_hash`: no version stands."""

    device_id: str
    seq: int
    standing_hash: bytes | None
    bearing: Bearing


def bearing(*, op: str, status: str, card_no: str | None, amt_fen: int, known: bool) -> Bearing:
    """Who bears a fact that has just arrived, before anything is known of its neighbours.

    A pour is a fact: the card bears it whatever it holds. What nothing proves (a torn debit) and
    what moves no money of a customer's (a load) nobody bears.
    """
    if op == "load":
        return Bearing(Payer.NOBODY, card_no, 0, "load")
    if status in UNPROVEN:
        return Bearing(Payer.NOBODY, card_no, 0, status)
    if amt_fen == 0:
        return Bearing(Payer.NOBODY, card_no, 0, "nothing_taken")
    if not known:
        return Bearing(Payer.SUSPENSE, None, amt_fen, "unknown_card")
    return Bearing(Payer.CARD, card_no, amt_fen)


def charging(bearing: Bearing, device_id: str) -> ledger.Movement | None:
    """The movement that puts a fact onto its bearer; None where nobody bears it."""
    return _movement(bearing, device_id, ledger.Pour, ledger.Suspend)


def discharging(bearing: Bearing, device_id: str) -> ledger.Movement | None:
    """The opposite of `charging`."""
    return _movement(bearing, device_id, ledger.Unpour, ledger.Unsuspend)


def _movement(
    bearing: Bearing,
    device_id: str,
    of_card: type[ledger.Pour],
    of_device: type[ledger.Suspend],
) -> ledger.Movement | None:
    if bearing.amount_fen == 0 or bearing.payer is Payer.NOBODY:
        return None
    if bearing.payer is Payer.SUSPENSE:
        return of_device(device_id, bearing.amount_fen)
    assert bearing.card_no is not None
    return of_card(bearing.card_no, bearing.amount_fen)
