"""Whether a claim can be made at all: by whom, on what, and in which state of it."""

from tapline import audit, cards, orders
from tapline.cards import CardState, topups
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders import booklets
from tapline.refunds.model import LIVES_ON, Reason, Refund, RefundKind
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork

_IN_HAND = frozenset({CardState.ACTIVE, CardState.FROZEN})


def check_askable(kind: RefundKind, reason: Reason, actor: str) -> None:
    """Refuse to be asked for what machines find."""
    by_machine = kind is RefundKind.TXN_REVERSAL or reason.is_found
    if by_machine and actor != audit.SYSTEM:
        raise InvalidError("nobody need ask for this: it is given back when machines find it")


def keep_still(uow: UnitOfWork, refund: Refund) -> None:
    """Nobody sets out with the order while its claim is weighed.

    Locked before the ledger's accounts, as couriers do.
    """
    if refund.order_id is not None:
        orders.locked(uow, tenant_id=refund.tenant_id, order_id=refund.order_id)


def check(uow: UnitOfWork, refund: Refund) -> None:
    """Refuse a claim on what is not the customer's, as if it were not there."""
    tenant_id = refund.tenant_id
    if refund.topup_id is not None:
        _name_card(uow, refund)
    elif refund.card_no is not None:
        card = cards.get(uow, tenant_id=tenant_id, card_no=refund.card_no)
        if card.customer_id != refund.customer_id:
            raise NotFoundError(f"no card {refund.card_no}")
        late = refund.reason == Reason.AFTER_CLOSING
        lives = refund.kind not in LIVES_ON or card.state in _IN_HAND
        if (card.state is CardState.CLOSED) != late or not lives:
            raise ConflictError(f"card {refund.card_no} is {card.state.value}")
    if refund.order_id is not None:
        order = orders.get(uow, tenant_id=tenant_id, order_id=refund.order_id)
        if order.customer_id != refund.customer_id:
            raise NotFoundError(f"no order {refund.order_id}")
    if refund.booklet_id is not None:
        bought = booklets.purchase(uow, tenant_id=tenant_id, purchase_id=refund.booklet_id)
        if bought.customer_id != refund.customer_id:
            raise NotFoundError(f"no booklet {refund.booklet_id}")


def _name_card(uow: UnitOfWork, refund: Refund) -> None:
    """The claim on a top-up is about the card that has its money; another's is not there."""
    assert refund.topup_id is not None
    topup = topups.get(uow, tenant_id=refund.tenant_id, topup_id=refund.topup_id)
    landed_on = topup.landed_on or topup.card_no
    card = cards.successor(uow, tenant_id=refund.tenant_id, card_no=landed_on)
    whose = topup.customer_id or card.customer_id
    if whose != refund.customer_id:
        raise NotFoundError(f"no top-up {refund.topup_id}")
    if card.state not in _IN_HAND and not Reason(refund.reason).is_found:
        raise ConflictError(f"card {card.card_no} is {card.state.value}")
    refund.card_no = card.card_no


def card_is_busy(refunds: RefundRepository, refund: Refund) -> bool:
    """Whether something else is asked of the card: one thing after the other."""
    if refund.card_no is None or Reason(refund.reason).is_found:
        return False
    return refunds.has_undecided_card(refund.card_no)


def same(known: Refund, asked: Refund) -> Refund:
    """The claim that this form made before."""
    names = [
        "kind",
        "customer_id",
        "order_id",
        "topup_id",
        "ticket_sku",
        "booklet_id",
        "wanted_fen",
    ]
    if asked.topup_id is None:  # of a top-up the card follows
        names.append("card_no")
    for name in names:
        if getattr(known, name) != getattr(asked, name):
            raise ConflictError("this form was sent for something else: open the page again")
    return known
