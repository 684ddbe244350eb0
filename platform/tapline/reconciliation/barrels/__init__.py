"""D27: an order, the ledger's tickets and buckets, its courier and its customer, held together."""

from tapline.reconciliation.barrels.service import follow, sweep

__all__ = ["follow", "sweep"]
