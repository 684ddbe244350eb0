"""A claim before anything is known of it but what it is about."""

from uuid import UUID

from tapline import clock
from tapline.errors import InvalidError
from tapline.ids import new_id
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState, Tier

_ABOUT_ORDERS = frozenset({RefundKind.ORDER_CANCEL, RefundKind.ORDER_SHORT})


def blank(
    tenant_id: str,
    *,
    kind: RefundKind,
    customer_id: UUID,
    reason: Reason,
    card_no: str | None,
    order_id: UUID | None,
) -> Refund:
    """A claim about which nothing is decided.

    Raises:
        InvalidError: it does not say what it is about.
    """
    about = (card_no is not None, order_id is not None)
    if about != (kind is RefundKind.CARD_CLOSE, kind in _ABOUT_ORDERS):
        raise InvalidError(f"{kind.value}: name the card or the order that it is about")
    now = clock.now()
    return Refund(
        refund_id=new_id(),
        tenant_id=tenant_id,
        kind=kind,
        card_no=card_no,
        order_id=order_id,
        customer_id=customer_id,
        reason=reason.value,
        state=RefundState.REQUESTED,
        tier=Tier.AGENT,
        automatic=False,
        appealed=False,
        holds=[],
        stuck_legs=[],
        created_at=now,
        updated_at=now,
        **dict.fromkeys(_COUNTERS, 0),
    )


_COUNTERS = (
    "amount_fen",
    "posted_fen",
    "reserve_fen",
    "forfeit_fen",
    "written_off_fen",
    "policy_version",
    "revision",
    "version",
    "clock_percent",
)
