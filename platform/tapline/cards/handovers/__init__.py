"""Machines that change hands: another operator's, once nothing of this one is left in them."""

from tapline.cards.handovers.service import hand_over, unsettled

__all__ = ["hand_over", "unsettled"]
