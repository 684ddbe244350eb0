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
    issuer_id: str | None = None
    """Of the issuer who owes it, where the payer is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """What the ledger shall hold for a fact from now on; no `standing_hash`: no version stands."""

    device_id: str
    seq: int
    standing_hash: bytes | None
    bearing: Bearing


def bearing(
    *,
    op: str,
    status: str,
    card_no: str | None,
    amt_fen: int,
    known: bool,
    issuer_id: str | None = None,
) -> Bearing:
    """Who bears a fact that has just arrived, before anything is known of its neighbours.

    `known` says that the card is ours; `issuer_id` names whose it is otherwise, if we know.

    A pour is a fact: the card bears it whatever it holds. What nothing proves (a torn debit) and
    what moves no money of a customer's (a load) nobody bears.
    """
    if op == "load":
        return Bearing(Payer.NOBODY, card_no, 0, "load")
    if status in UNPROVEN:
        return Bearing(Payer.NOBODY, card_no, 0, status)
    if amt_fen == 0:
        return Bearing(Payer.NOBODY, card_no, 0, "nothing_taken")
    if known:
        return Bearing(Payer.CARD, card_no, amt_fen)
    if issuer_id is not None:
        return Bearing(Payer.ISSUER, card_no, amt_fen, issuer_id=issuer_id)
    return Bearing(Payer.SUSPENSE, None, amt_fen, "unknown_card")


def charging(
    bearing: Bearing, device_id: str, hold: str | None = None
) -> ledger.Movement | ledger.Resolution | None:
    """The movement that puts a fact onto its bearer; None where nobody bears it. `hold` is the key
    of what a card's online balance keeps in readiness for it."""
    if hold is not None and bearing.payer is Payer.CARD and bearing.card_no is not None:
        return ledger.Capture(hold, bearing.card_no, bearing.amount_fen)
    return _movement(bearing, device_id, ledger.Pour, ledger.Suspend, bearing.amount_fen)


def discharging(bearing: Bearing, device_id: str) -> ledger.Movement | None:
    """The opposite of `charging`."""
    return _movement(bearing, device_id, ledger.Unpour, ledger.Unsuspend, -bearing.amount_fen)


def issuer_owes(issuer_id: str, change_fen: int) -> ledger.Movement:
    """Water drawn with an issuer's card or, below zero, as much given back to the issuer."""
    due = ledger.chart.issuer_due(issuer_id)
    if change_fen > 0:
        return ledger.Transfer(due, ledger.chart.WATER, change_fen)
    return ledger.Transfer(ledger.chart.WATER, due, -change_fen)


def _movement(
    bearing: Bearing,
    device_id: str,
    of_card: type[ledger.Pour],
    of_device: type[ledger.Suspend],
    change_fen: int,
) -> ledger.Movement | None:
    if bearing.amount_fen == 0 or bearing.payer is Payer.NOBODY:
        return None
    if bearing.payer is Payer.SUSPENSE:
        return of_device(device_id, bearing.amount_fen)
    if bearing.payer is Payer.ISSUER:
        assert bearing.issuer_id is not None
        return issuer_owes(bearing.issuer_id, change_fen)
    assert bearing.card_no is not None
    return of_card(bearing.card_no, bearing.amount_fen)
