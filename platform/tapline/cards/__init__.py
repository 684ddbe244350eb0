"""Stored-value cards: who holds them, what devices did with them, what waits to be written."""

from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.service import (
    assign,
    begin_closing,
    close,
    get,
    issue,
    known,
    owned_by,
    reactivate,
)

__all__ = [
    "Card",
    "CardKind",
    "CardState",
    "assign",
    "begin_closing",
    "close",
    "get",
    "issue",
    "known",
    "owned_by",
    "reactivate",
]
