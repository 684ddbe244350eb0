"""What a customer sees first: his cards, and what is under way."""

from fastapi import APIRouter, Request, Response

from tapline import cards, ledger, orders, outages, reports
from tapline.cards import CardState, transfers
from tapline.orders import OrderState
from tapline_api.deps import CurrentCustomer, Transaction
from tapline_api.formats import formats_of
from tapline_api.templating import render
from tapline_api.web.portal.purses import by_day, his_own
from tapline_api.web.portal.refunds import refunds_of

router = APIRouter()

UNDER_WAY = frozenset(OrderState) - {OrderState.DELIVERED, OrderState.CANCELLED}
_LATEST = 3


@router.get("")
def home(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """Cards, orders and refunds in progress; who has one card only sees its last pours, too."""
    tenant_id, customer_id = holder.tenant_id, holder.customer.customer_id
    owned = [
        card
        for card in cards.owned_by(uow, tenant_id=tenant_id, customer_id=customer_id)
        if card.state is not CardState.REPLACED
    ]
    balances = ledger.cards(uow, tenant_id=tenant_id, card_nos=[card.card_no for card in owned])
    only = owned[0] if len(owned) == 1 else None
    pours = (
        reports.pours_of_card(uow, tenant_id=tenant_id, card_no=only.card_no, limit=_LATEST)
        if only
        else []
    )
    return render(
        request,
        "portal/home.html",
        holder=holder,
        purses=[(card, balances[card.card_no]) for card in owned],
        card=only,
        days=list(by_day(his_own(uow, only, pours) if only else [], formats_of(request))),
        orders=orders.listed(
            uow, tenant_id=tenant_id, customer_id=customer_id, states=UNDER_WAY, limit=5
        ),
        refunds=[refund for refund in refunds_of(uow, holder) if not refund.state.is_over],
        offers=transfers.offered_to(uow, tenant_id=tenant_id, customer_id=customer_id),
        outage_notes=outages.notes_of_customer(uow, tenant_id=tenant_id, customer_id=customer_id),
        sells=bool(orders.products_of(uow, tenant_id=tenant_id)),
    )
