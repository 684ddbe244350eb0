"""Which case a claim is."""

from collections.abc import Mapping

from tapline.policy import Policy
from tapline.refunds.claims.barrels import DepositReturned, OrderCancelled, OrderShort
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.closing import AfterClosing, CardClosing
from tapline.refunds.claims.loads import (
    CardPartial,
    StrandedReturned,
    TopUpReturned,
    WaitingReturned,
)
from tapline.refunds.claims.water_tickets import PaidAgain, TicketsUnused
from tapline.refunds.model import Reason, Refund, RefundKind
from tapline.uow import UnitOfWork

_CASES: Mapping[RefundKind, type[Case]] = {
    RefundKind.CARD_CLOSE: CardClosing,
    RefundKind.CARD_PARTIAL: CardPartial,
    RefundKind.ORDER_CANCEL: OrderCancelled,
    RefundKind.ORDER_SHORT: OrderShort,
    RefundKind.DEPOSIT_RETURN: DepositReturned,
    RefundKind.TICKET_UNUSED: TicketsUnused,
}
_FOUND: Mapping[str, type[Case]] = {
    Reason.AFTER_CLOSING: AfterClosing,
    Reason.CARD_ENDED: StrandedReturned,
    Reason.PAID_AGAIN: PaidAgain,
}


def case_of(uow: UnitOfWork, refund: Refund, in_force: Policy) -> Case:
    """The case of a locked claim."""
    return _kind(refund)(uow, refund, in_force)


def _kind(refund: Refund) -> type[Case]:
    if refund.reason in _FOUND:
        return _FOUND[refund.reason]
    if refund.kind is RefundKind.LOAD_CANCEL:
        return WaitingReturned if refund.topup_id is None else TopUpReturned
    return _CASES[refund.kind]
