"""Topping a card up: an amount, the cashier, and where the money is afterwards."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import cards, money, policy
from tapline.cards import Card, CardState, topups
from tapline.cards.topups import Channel, TopUp, TopUpState
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.payments import Gateways, Payment
from tapline.uow import Database, UnitOfWork
from tapline_api.deps import CurrentCustomer, CustomerAlone, Holder, Transaction
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.portal.checkout import CONFIRMING_S, open_payment, to_cashier
from tapline_api.web.portal.purses import own_card
from tapline_api.web.portal.refunds import refunds_of

router = APIRouter(prefix="/topups")

CardNo = Annotated[str | None, Query(alias="card", max_length=32)]


@router.get("/new")
def choose_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: CardNo = None
) -> Response:
    """Which card, if there are several; then amounts, each with its bonus, one touch each."""
    mine = [
        card
        for card in cards.owned_by(
            uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id
        )
        if card.state in {CardState.ACTIVE, CardState.FROZEN}
    ]
    if card_no is None and len(mine) == 1:
        card_no = mine[0].card_no
    if card_no is None:
        return render(request, "portal/topup_card.html", holder=holder, cards=mine)
    return _choose(request, uow, holder, own_card(uow, holder, card_no))


@router.post("")
def ask(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: Annotated[str, Form(max_length=32)],
    provider: Annotated[str, Form(max_length=20)],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    amount_fen: Annotated[int | None, Form()] = None,
    yuan: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Ask for the money and go on to the cashier; the same form sent twice is one top-up."""
    card = own_card(uow, holder, card_no)
    if provider not in providers(request):
        return _choose(request, uow, holder, card, why="provider", yuan=yuan)
    try:
        asked_fen = amount_fen if amount_fen is not None else money.yuan(yuan.strip())
        with uow.attempt():
            topup = topups.ask(
                uow,
                tenant_id=holder.tenant_id,
                card_no=card.card_no,
                amount_fen=asked_fen,
                customer_id=holder.customer.customer_id,
                provider=provider,
                request_key=request_key,
            )
    except (ValueError, InvalidError):
        return _choose(request, uow, holder, card, why="amount", yuan=yuan)
    except ConflictError:
        return _choose(request, uow, holder, card, why="conflict", yuan=yuan)
    return see_other(f"/portal/topups/{topup.topup_id}/cashier")


@router.get("/{topup_id}/cashier")
def cashier(request: Request, holder: CustomerAlone, topup_id: UUID) -> Response:
    """On to the provider's page."""
    database: Database = request.app.state.database
    here = f"/portal/topups/{topup_id}"
    with database.transaction() as uow:
        payment = _open_payment(uow, holder, _own(uow, holder, topup_id))
    if payment is None:
        return see_other(here)
    title = catalog(locale_of(request)).gettext("Top up a water card")
    return to_cashier(request, holder, payment, title=title, here=here)


@router.get("/{topup_id}")
def topup_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    topup_id: UUID,
    back: bool = False,
    trouble: bool = False,
) -> Response:
    """Where the money is; `back` from the cashier it waits for the provider and looks again."""
    topup = _own(uow, holder, topup_id)
    payment = _open_payment(uow, holder, topup)
    confirming = back and payment is not None
    asked = [one for one in refunds_of(uow, holder) if one.topup_id == topup_id]
    card_no = topup.landed_on or topup.card_no
    in_force = policy.current(uow, tenant_id=holder.tenant_id)
    return render(
        request,
        "portal/topup.html",
        headers={"Refresh": str(CONFIRMING_S)} if confirming else None,
        holder=holder,
        topup=topup,
        card=cards.get(uow, tenant_id=holder.tenant_id, card_no=card_no),
        payment=payment,
        confirming=confirming,
        trouble=trouble,
        written=topups.written(uow, topup=topup),
        refund=next(iter(asked), None),
        days=in_force.untapped_days,
    )


def providers(request: Request) -> Sequence[str]:
    """Where one can pay, the usual one first."""
    gateways: Gateways = request.app.state.gateways
    return sorted(gateways, key=lambda name: (name != "wechat", name))


def _choose(
    request: Request,
    uow: UnitOfWork,
    holder: Holder,
    card: Card,
    *,
    why: str = "",
    yuan: str = "",
) -> Response:
    offer = topups.offer(
        uow,
        tenant_id=holder.tenant_id,
        card_no=card.card_no,
        customer_id=holder.customer.customer_id,
    )
    made = topups.of_card(uow, tenant_id=holder.tenant_id, card_no=card.card_no)
    wrong = status.HTTP_409_CONFLICT if why == "conflict" else status.HTTP_422_UNPROCESSABLE_CONTENT
    return render(
        request,
        "portal/topup_new.html",
        status_code=wrong if why else status.HTTP_200_OK,
        holder=holder,
        card=card,
        takes=card.state in {CardState.ACTIVE, CardState.FROZEN} and not offer.room.closed,
        offer=offer,
        providers=providers(request),
        topups=[one for one in made if _is_his(one, card, holder)],
        request_key=uuid4().hex,
        why=why,
        yuan=yuan,
    )


def _own(uow: UnitOfWork, holder: Holder, topup_id: UUID) -> TopUp:
    """What the customer paid, or what was paid in cash for his card; else it does not exist."""
    topup = topups.get(uow, tenant_id=holder.tenant_id, topup_id=topup_id)
    card = cards.get(uow, tenant_id=holder.tenant_id, card_no=topup.landed_on or topup.card_no)
    if not _is_his(topup, card, holder):
        raise NotFoundError("no such top-up")
    return topup


def _is_his(topup: TopUp, card: Card, holder: Holder) -> bool:
    whose = topup.customer_id
    if whose is None and topup.channel is Channel.CASH:
        whose = card.customer_id
    return whose == holder.customer.customer_id


def _open_payment(uow: UnitOfWork, holder: Holder, topup: TopUp) -> Payment | None:
    return open_payment(uow, holder, topup.subject) if topup.state is TopUpState.ASKED else None
