"""Which case a claim is."""

from collections.abc import Mapping

from tapline.policy import Policy
from tapline.refunds.claims.barrels import DepositReturned, OrderCancelled, OrderShort
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.closing import AfterClosing, CardClosing
from tapline.refunds.model import Reason, Refund, RefundKind
from tapline.uow import UnitOfWork

_CASES: Mapping[RefundKind, type[Case]] = {
    RefundKind.CARD_CLOSE: CardClosing,
    RefundKind.ORDER_CANCEL: OrderCancelled,
    RefundKind.ORDER_SHORT: OrderShort,
    RefundKind.DEPOSIT_RETURN: DepositReturned,
}


def case_of(uow: UnitOfWork, refund: Refund, in_force: Policy) -> Case:
    """The case of a locked claim."""
    if refund.reason == Reason.AFTER_CLOSING:
        return AfterClosing(uow, refund, in_force)
    return _CASES[refund.kind](uow, refund, in_force)
