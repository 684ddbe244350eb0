"""What arrived, byte for byte, and what of it could not be understood."""

from tapline.devices.messages.model import DeadLetter, InboxMessage, LetterEnd
from tapline.devices.messages.repository import Pile, Which
from tapline.devices.messages.service import (
    OPEN_MAX,
    Raw,
    Refusal,
    buried,
    bury,
    discard,
    keep,
    letter,
    piles,
)

__all__ = [
    "OPEN_MAX",
    "DeadLetter",
    "InboxMessage",
    "LetterEnd",
    "Pile",
    "Raw",
    "Refusal",
    "Which",
    "buried",
    "bury",
    "discard",
    "keep",
    "letter",
    "piles",
]
