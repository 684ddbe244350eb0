"""Every task; importing this package registers them."""

from tapline_ops.tasks import (
    desk,
    faults,
    hotline,
    notices,
    orders,
    payments,
    reconciliation,
    refunds,
    routing,
    tickets,
    upkeep,
)

__all__ = [
    "desk",
    "faults",
    "hotline",
    "notices",
    "orders",
    "payments",
    "reconciliation",
    "refunds",
    "routing",
    "tickets",
    "upkeep",
]
