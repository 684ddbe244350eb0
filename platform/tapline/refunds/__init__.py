"""Money back: the one place that decides about it and posts it.

A pour that was charged wrongly is put right by machine (`settle_pour`). Everything else somebody
asks for (`request`): it is quoted, reviewed, approved, paid where it came from, and watched until
it has arrived.
"""

from tapline.refunds.claims.asking import Proposal, appeal, quote, request, withdraw
from tapline.refunds.claims.case import Waits
from tapline.refunds.claims.deciding import accept
from tapline.refunds.claims.placing import put_in_place
from tapline.refunds.claims.quotes import Quote, QuoteLine
from tapline.refunds.claims.upkeep import (
    advance,
    follow_cards,
    on_booklet,
    on_order,
    on_payout,
    on_topup,
    open_claims,
    waiting_for,
)
from tapline.refunds.model import (
    Reason,
    Refund,
    RefundKind,
    RefundState,
    RefundStep,
    Tier,
)
from tapline.refunds.pours.service import of_pour, release_held, settle_pour, waiting
from tapline.refunds.pours.telling import tell
from tapline.refunds.restores.service import settle_restore
from tapline.refunds.service import (
    ExportedRefund,
    decide,
    decider,
    export_refunds,
    get,
    listed,
    may_decide,
    review_queue,
    timeline,
)

__all__ = [
    "ExportedRefund",
    "Proposal",
    "Quote",
    "QuoteLine",
    "Reason",
    "Refund",
    "RefundKind",
    "RefundState",
    "RefundStep",
    "Tier",
    "Waits",
    "accept",
    "advance",
    "appeal",
    "decide",
    "decider",
    "export_refunds",
    "follow_cards",
    "get",
    "listed",
    "may_decide",
    "of_pour",
    "on_booklet",
    "on_order",
    "on_payout",
    "on_topup",
    "open_claims",
    "put_in_place",
    "quote",
    "release_held",
    "request",
    "review_queue",
    "settle_pour",
    "settle_restore",
    "tell",
    "timeline",
    "waiting",
    "waiting_for",
    "withdraw",
]
