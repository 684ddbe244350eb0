"""Money back: the one place that decides about it and posts it."""

from tapline.refunds.model import Refund, RefundKind, RefundState, RefundStep
from tapline.refunds.service import (
    ExportedRefund,
    decide,
    export_refunds,
    get,
    listed,
    of_pour,
    settle_pour,
    timeline,
)
from tapline.refunds.telling import tell

__all__ = [
    "ExportedRefund",
    "Refund",
    "RefundKind",
    "RefundState",
    "RefundStep",
    "decide",
    "export_refunds",
    "get",
    "listed",
    "of_pour",
    "settle_pour",
    "tell",
    "timeline",
]
