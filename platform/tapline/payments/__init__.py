"""Money that comes and goes through payment providers.

A payment is what a customer was asked for; a payout is one leg of what goes back to him. Both are
true when the provider says so, by verified notification or when asked, and never before.
"""

from tapline.payments.errands import checkout, query_pending, send_waiting
from tapline.payments.gateway import (
    BillFile,
    BillNotReadyError,
    GatewayRefusedError,
    Gateways,
    NoticeRefusedError,
    Notification,
    Order,
    PaymentGateway,
    RefundOrder,
    RefundReport,
    RefundStatus,
    Trade,
    TradeStatus,
)
from tapline.payments.model import Payment, PaymentState
from tapline.payments.notifications.model import ProviderNotice
from tapline.payments.notifications.service import received, take_notice
from tapline.payments.payouts.hand import confirm_by_hand, pay_by_hand
from tapline.payments.payouts.model import Payout, PayoutState, PayoutStep
from tapline.payments.payouts.rules import Leg, Obstacle, Refundable
from tapline.payments.payouts.service import (
    in_states,
    pay_out,
    payout,
    payout_steps,
    payouts_of,
    refundable,
)
from tapline.payments.providers import PROVIDERS
from tapline.payments.rules import Credit, Judgement, Verdict
from tapline.payments.service import (
    begin,
    get,
    import_paid,
    listed,
    of_subject,
    take_trade,
)

__all__ = [
    "PROVIDERS",
    "BillFile",
    "BillNotReadyError",
    "Credit",
    "GatewayRefusedError",
    "Gateways",
    "Judgement",
    "Leg",
    "NoticeRefusedError",
    "Notification",
    "Obstacle",
    "Order",
    "Payment",
    "PaymentGateway",
    "PaymentState",
    "Payout",
    "PayoutState",
    "PayoutStep",
    "ProviderNotice",
    "RefundOrder",
    "RefundReport",
    "RefundStatus",
    "Refundable",
    "Trade",
    "TradeStatus",
    "Verdict",
    "begin",
    "checkout",
    "confirm_by_hand",
    "get",
    "import_paid",
    "in_states",
    "listed",
    "of_subject",
    "pay_by_hand",
    "pay_out",
    "payout",
    "payout_steps",
    "payouts_of",
    "query_pending",
    "received",
    "refundable",
    "send_waiting",
    "take_notice",
    "take_trade",
]
