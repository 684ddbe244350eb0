"""What may become of a card. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from tapline.cards.model import CardState
from tapline.errors import ConflictError


class Act(StrEnum):
    """What people do to a card."""

    ISSUE = "issue"
    ADOPT = "adopt"
    """Taken over from elsewhere with what is on it."""
    WITHDRAW = "withdraw"
    """Taken over by mistake, and not used since."""
    REGISTER = "register"
    """To a holder who had none, or to another one."""
    REPORT_LOST = "report_lost"
    FIND = "find"
    REPLACE = "replace"
    GIVE_UP = "give_up"
    """Its holder wants his money back."""
    TAKE_BACK = "take_back"
    """He keeps it after all."""
    CLOSE = "close"


S = CardState

WAYS: Mapping[tuple[CardState, Act], CardState] = {
    (S.ACTIVE, Act.REGISTER): S.ACTIVE,
    (S.ACTIVE, Act.WITHDRAW): S.CLOSED,
    (S.ACTIVE, Act.REPORT_LOST): S.FROZEN,
    (S.ACTIVE, Act.REPLACE): S.REPLACED,
    (S.ACTIVE, Act.GIVE_UP): S.CLOSING,
    (S.FROZEN, Act.FIND): S.ACTIVE,
    (S.FROZEN, Act.REPLACE): S.REPLACED,
    (S.FROZEN, Act.GIVE_UP): S.CLOSING,
    (S.CLOSING, Act.TAKE_BACK): S.ACTIVE,
    (S.CLOSING, Act.CLOSE): S.CLOSED,
}
"""What a card becomes by an act. What is not here cannot be done; a fact of a machine is no act and
is taken in whatever the card's state."""

_INSTEAD: Mapping[CardState, str] = {
    S.ACTIVE: "it works as it is",
    S.FROZEN: "have it found again or replaced first",
    S.CLOSING: "withdraw its refund first",
    S.CLOSED: "issue a new card",
    S.REPLACED: "look at the card that took its place",
}


class CardStateError(ConflictError):
    """The card's state does not allow the act."""

    code = "card_state"


class NoHolderError(ConflictError):
    """The card is nobody's."""

    code = "card_no_holder"


class BlockedElsewhereError(ConflictError):
    """Somebody else blocked the card."""

    code = "card_blocked_elsewhere"


class PapersNeededError(ConflictError):
    """Nobody has seen the holder's papers, and it is about much money."""

    code = "papers_needed"


class CardInUseError(ConflictError):
    """The card that was to be handed out is somebody's, or has a past."""

    code = "card_in_use"


def after(card_no: str, state: CardState, act: Act) -> CardState:
    """What a card in `state` becomes by `act`.

    Raises:
        CardStateError: it says what can be done instead.
    """
    if (state, act) not in WAYS:
        raise CardStateError(f"card {card_no} is {state.value}: {_INSTEAD[state]}")
    return WAYS[state, act]


def may(state: CardState, act: Act) -> bool:
    """Whether `act` can be done to a card in `state`."""
    return (state, act) in WAYS
