"""A member of staff decides a refund as it stands."""

from tapline import refunds
from tapline.people import Staff
from tapline.refunds import Refund
from tapline.uow import UnitOfWork


def decide(
    uow: UnitOfWork, refund: Refund, staff: Staff, *, approve: bool = True, reason: str = "ok"
) -> None:
    """In full, and at the version that was seen."""
    refunds.decide(
        uow,
        tenant_id="demo",
        refund_id=refund.refund_id,
        approve=approve,
        amount_fen=refund.amount_fen,
        version=refund.version,
        staff=staff,
        reason=reason,
    )
