"""What a card's holder is told before it hurts: little money left, water owed for, a worn card."""

from tapline.cards.warnings.model import CardWarning, Kind
from tapline.cards.warnings.service import of_card, sweep, watch

__all__ = ["CardWarning", "Kind", "of_card", "sweep", "watch"]
