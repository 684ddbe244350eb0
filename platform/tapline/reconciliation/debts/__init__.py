"""D14: what the holder of a card owes, since when, and whether it is too much to wait."""

from tapline.reconciliation.debts.service import follow, sweep

__all__ = ["follow", "sweep"]
