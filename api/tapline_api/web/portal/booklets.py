"""Water tickets: what a customer has, what became of them, and buying another booklet."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response, status

from tapline import orders, refunds, reports
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders import booklets
from tapline.orders.booklets import BookletPurchase, PurchaseState
from tapline.payments import Payment
from tapline.uow import Database, UnitOfWork
from tapline_api.deps import CurrentCustomer, CustomerAlone, Holder, Transaction
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.portal.checkout import CONFIRMING_S, open_payment, to_cashier
from tapline_api.web.portal.refunds import newest_of
from tapline_api.web.portal.topups import providers

router = APIRouter(prefix="/booklets")

_PACE_DAYS = 14


@router.get("")
def booklets_page(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """Tickets in hand with their history, and what is on sale."""
    return _page(request, uow, holder)


@router.post("")
def buy(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    booklet: Annotated[str, Form(pattern=r"^[A-Za-z0-9.-]{1,32}:[0-9]{1,9}$")],
    provider: Annotated[str, Form(max_length=20)],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
) -> Response:
    """Ask for the money on the terms shown and go on to the cashier; the same form sent twice is
    one booklet."""
    code, _, version = booklet.rpartition(":")
    if provider not in providers(request):
        return _page(request, uow, holder, why="provider")
    try:
        with uow.attempt():
            bought = booklets.ask(
                uow,
                tenant_id=holder.tenant_id,
                customer_id=holder.customer.customer_id,
                code=code,
                version=int(version),
                provider=provider,
                request_key=request_key,
            )
    except (ConflictError, InvalidError):
        return _page(request, uow, holder, why="conflict")
    return see_other(f"/portal/booklets/{bought.purchase_id}/cashier")


@router.get("/{purchase_id}/cashier")
def cashier(request: Request, holder: CustomerAlone, purchase_id: UUID) -> Response:
    """On to the provider's page."""
    database: Database = request.app.state.database
    here = f"/portal/booklets/{purchase_id}"
    with database.transaction() as uow:
        payment = _open_payment(uow, holder, _own(uow, holder, purchase_id))
    if payment is None:
        return see_other(here)
    title = catalog(locale_of(request)).gettext("Water tickets")
    return to_cashier(request, holder, payment, title=title, here=here)


@router.get("/{purchase_id}")
def purchase_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    purchase_id: UUID,
    back: bool = False,
    trouble: bool = False,
) -> Response:
    """Whether the tickets are there; `back` from the cashier it waits and looks again."""
    bought = _own(uow, holder, purchase_id)
    payment = _open_payment(uow, holder, bought)
    confirming = back and payment is not None
    products = orders.products_of(uow, tenant_id=holder.tenant_id)
    return render(
        request,
        "portal/booklet.html",
        headers={"Refresh": str(CONFIRMING_S)} if confirming else None,
        holder=holder,
        bought=bought,
        product=next(one for one in products if one.sku == bought.sku),
        payment=payment,
        confirming=confirming,
        trouble=trouble,
    )


def _page(request: Request, uow: UnitOfWork, holder: Holder, *, why: str = "") -> Response:
    tenant_id, customer_id = holder.tenant_id, holder.customer.customer_id
    mine = booklets.in_hand(uow, tenant_id=tenant_id, customer_id=customer_id)
    made = orders.listed(uow, tenant_id=tenant_id, customer_id=customer_id)
    bought = booklets.of_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
    skus = dict.fromkeys([*(one.sku for one in mine), *(one.sku for one in bought)])
    uses = {
        sku: booklets.history(uow, tenant_id=tenant_id, customer_id=customer_id, sku=sku)
        for sku in skus
    }
    return render(
        request,
        "portal/booklets.html",
        status_code=status.HTTP_409_CONFLICT if why else status.HTTP_200_OK,
        holder=holder,
        mine=mine,
        uses={sku: lines for sku, lines in uses.items() if lines},
        numbers={order.order_id: order.number for order in made},
        waiting=[one for one in bought if one.state is PurchaseState.ASKED],
        refunds={sku: _claim(uow, holder, sku) for sku in skus},
        offers=booklets.offered(uow, tenant_id=tenant_id),
        products={one.sku: one for one in orders.products_of(uow, tenant_id=tenant_id)},
        pace=reports.delivery_pace(uow, tenant_id=tenant_id, days=_PACE_DAYS),
        providers=providers(request),
        request_key=uuid4().hex,
        why=why,
    )


def _claim(uow: UnitOfWork, holder: Holder, sku: str) -> refunds.Refund | None:
    """The claim on these tickets that is under way."""
    newest = newest_of(uow, holder, ticket_sku=sku)
    return newest if newest and not newest.state.is_over else None


def _own(uow: UnitOfWork, holder: Holder, purchase_id: UUID) -> BookletPurchase:
    """The customer's purchase; another's does not exist for him."""
    bought = booklets.purchase(uow, tenant_id=holder.tenant_id, purchase_id=purchase_id)
    if bought.customer_id != holder.customer.customer_id:
        raise NotFoundError("no such booklet")
    return bought


def _open_payment(uow: UnitOfWork, holder: Holder, bought: BookletPurchase) -> Payment | None:
    if bought.state is not PurchaseState.ASKED:
        return None
    return open_payment(uow, holder, bought.subject)
