"""Tills: cash that a colleague has taken and not handed over yet."""

from tapline.cards.tills.model import Handover, Till
from tapline.cards.tills.service import (
    content_fen,
    get,
    hand_over,
    handovers,
    listed,
    of_staff,
    open_for,
)

__all__ = [
    "Handover",
    "Till",
    "content_fen",
    "get",
    "hand_over",
    "handovers",
    "listed",
    "of_staff",
    "open_for",
]
