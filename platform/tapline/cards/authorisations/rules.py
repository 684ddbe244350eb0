"""Whether a card may draw, and how much. Pure."""

from enum import StrEnum

from tapline.cards.model import CardKind, CardState
from tapline.policy import Policy


class Refusal(StrEnum):
    """Why not, as machines are told."""

    UNKNOWN = "unknown"
    """No card of this operator's."""
    BLOCKED = "blocked"
    """Reported lost, being given back, or on the list of blocked cards."""
    OFFLINE = "offline"
    """Its money is on the card itself: debit that."""
    CODE = "code"
    """A code on a screen that is used up, too old, or another card's."""
    BALANCE = "balance"
    LIMIT = "limit"
    """As much as a card may draw in a day is drawn."""


def barred(kind: CardKind, state: CardState, *, listed: bool) -> Refusal | None:
    """Why one of our cards may not draw at all; None where it may."""
    if listed or state is not CardState.ACTIVE:
        return Refusal.BLOCKED
    return Refusal.OFFLINE if kind.has_purse else None


def granted_fen(want_fen: int, *, available_fen: int, drawn_fen: int, policy: Policy) -> int:
    """How much a card may draw now: what is asked for, has it, and no limit stops.

    `drawn_fen` is what it drew and may still draw by earlier answers of the day.
    """
    left_fen = policy.authorise_day_fen_max - drawn_fen
    return max(0, min(want_fen, available_fen, policy.authorise_fen_max, left_fen))


def stopped_by(*, available_fen: int) -> Refusal:
    """What brought the grant down to nothing."""
    return Refusal.BALANCE if available_fen <= 0 else Refusal.LIMIT
