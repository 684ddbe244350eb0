"""What a machine says of the card that was tapped. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Self

_ATC_MAX = 2**53 - 1
_FEN_MAX = 10**9


class Obstacle(StrEnum):
    """Why a machine cannot wait for a customer's card."""

    BUSY = "busy"
    """It waits for somebody else's."""
    OFFLINE = "offline"
    INCAPABLE = "incapable"
    OFTEN = "often"
    """He tried often just now: who waits for other people's cards is stopped soon."""


class Tapped(NamedTuple):
    """The card that was tapped for a nonce, with its own counter and purse where it has them."""

    nonce: str
    card_no: str
    atc: int | None
    bal_fen: int | None

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self | None:
        """From `{"nonce","card","atc","bal"}`; None where it says no card."""
        match said:
            case {"nonce": str(nonce), "card": str(card_no)}:
                atc, bal_fen = said.get("atc"), said.get("bal")
                return cls(nonce, card_no, _whole(atc, _ATC_MAX), _whole(bal_fen, _FEN_MAX))
            case _:
                return None


def _whole(value: Any, most: int) -> int | None:
    return value if type(value) is int and 0 <= value <= most else None
