"""Every task; importing this package registers them."""

from tapline_ops.tasks import notices, reconciliation, refunds, tickets, upkeep

__all__ = ["notices", "reconciliation", "refunds", "tickets", "upkeep"]
