"""Stored-value cards: who holds them, what devices did with them, what waits to be written."""

from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.service import assign, get, issue, known, owned_by

__all__ = ["Card", "CardKind", "CardState", "assign", "get", "issue", "known", "owned_by"]
