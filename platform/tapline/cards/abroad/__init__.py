"""What other operators say that our cards drew at their machines."""

from tapline.cards.abroad.model import (
    OVERTURNED,
    AbroadCorrection,
    AbroadLine,
    AbroadStatement,
    LineState,
)
from tapline.cards.abroad.repository import AbroadRepository, PourName

__all__ = [
    "OVERTURNED",
    "AbroadCorrection",
    "AbroadLine",
    "AbroadRepository",
    "AbroadStatement",
    "LineState",
    "PourName",
]
