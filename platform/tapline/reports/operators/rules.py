"""A month's statement with another operator as values. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tapline.ledger import chart
from tapline.sharing.claims import Account


class RowKind(StrEnum):
    OURS = "ours"
    """Its cards' water at our machines."""
    THEIRS = "theirs"
    """Our cards' water at its machines, as far as we accept it."""
    CORRECTED = "corrected"
    """What either side has taken back, or charged again."""
    SET_OFF = "set_off"
    PAID = "paid"
    """Transferred by either side."""
    GIVEN_UP = "given_up"
    """What we asked for in vain."""
    BY_HAND = "by_hand"
    """Anything else: people adjust and reverse."""


_ROWS = {
    "dev": RowKind.OURS,
    "abroad": RowKind.THEIRS,
    "restate": RowKind.CORRECTED,
    "fix": RowKind.CORRECTED,
    "restored": RowKind.CORRECTED,
    "abroad_fix": RowKind.CORRECTED,
    "interop_net": RowKind.SET_OFF,
    "issuer_paid": RowKind.PAID,
    "interop_sent": RowKind.PAID,
    "issuer_loss": RowKind.GIVEN_UP,
    "issuer_correction": RowKind.GIVEN_UP,
    "issuer_fee": RowKind.GIVEN_UP,
    "issuer_fee_back": RowKind.GIVEN_UP,
}
_RARE = (RowKind.GIVEN_UP, RowKind.BY_HAND)
"""Rows that are there only where something is in them."""
CLAIMABLE = ("dev", "restate", "fix", "restored")
"""What a settlement has lines of, by the first word of its key."""


class Moved(NamedTuple):
    """What journals of one origin moved on an account: before the month, and in it, in fen."""

    code: str
    origin: str
    """The first word of their keys."""
    before_fen: int
    within_fen: int


@dataclass(frozen=True, slots=True)
class OperatorMonth:
    """A month, business days by the moment when they were booked: it never changes once it is
    over. `opening` and all rows come to `closing`, which is what the accounts held then."""

    month: date
    opening: Account
    rows: Sequence[tuple[RowKind, Account]]
    closing: Account
    unclaimed_fen: int
    """Of what it owes us at the end, what no settlement had asked for by then."""


def month_of(
    month: date, issuer_id: str, moved: Iterable[Moved], claimed_fen: int
) -> OperatorMonth:
    """The statement of a month; `claimed_fen` is what settlements had asked for by its end."""
    opening, rows = Account(), dict.fromkeys(RowKind, Account())
    drawn_fen = 0
    for one in moved:
        is_theirs = one.code == chart.issuer_due(issuer_id).code
        kind = _ROWS.get(one.origin, RowKind.BY_HAND)
        opening = opening.plus(_on(is_theirs, one.before_fen))
        rows[kind] = rows[kind].plus(_on(is_theirs, one.within_fen))
        if is_theirs and one.origin in CLAIMABLE:
            drawn_fen += one.before_fen + one.within_fen
    closing = opening
    for sides in rows.values():
        closing = closing.plus(sides)
    told = [one for one in rows.items() if one[0] not in _RARE or any(one[1])]
    return OperatorMonth(month, opening, told, closing, drawn_fen - claimed_fen)


def _on(is_theirs: bool, fen: int) -> Account:
    return Account(owed_to_us_fen=fen) if is_theirs else Account(owed_by_us_fen=fen)
