"""Codes on a customer's screen: a card without plastic, shown to a machine once."""

from tapline.cards.authorisations.screens.model import ScreenCode
from tapline.cards.authorisations.screens.service import Shown, redeem, show

__all__ = ["ScreenCode", "Shown", "redeem", "show"]
