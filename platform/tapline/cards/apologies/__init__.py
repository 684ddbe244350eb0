"""At a card's next tap its machine says what was given back: once, and never a balance."""

from tapline.cards.apologies.service import Visit, owe, say

__all__ = ["Visit", "owe", "say"]
