"""A customer's order: paid once the provider says so, on its way, here, or what to do about it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, status

from tapline import clock, orders, people, refunds, tickets
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.orders import Order, OrderState, receipts
from tapline.payments import Payment
from tapline.refunds import Refund
from tapline.tickets import About, Source
from tapline.uow import Database, UnitOfWork
from tapline_api.deps import CurrentCustomer, CustomerAlone, Holder, Transaction
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import Photos, kept
from tapline_api.web.portal.cases import told
from tapline_api.web.portal.checkout import CONFIRMING_S, open_payment, to_cashier
from tapline_api.web.portal.water import WINDOW_PATTERN, read_window
from tapline_api.words.orders import COMPLAINTS

router = APIRouter(prefix="/orders")

_MOVABLE = {OrderState.PAID, OrderState.ASSIGNED, OrderState.FAILED}
"""Nobody is on the way with it."""


@router.get("")
def orders_page(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """All of them, newest first."""
    made = orders.listed(uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id)
    return render(request, "portal/orders.html", holder=holder, orders=made)


@router.get("/{order_id}")
def order_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    order_id: UUID,
    back: bool = False,
    trouble: bool = False,
) -> Response:
    """Where it is; `back` from the cashier it waits for the provider's word and looks again."""
    order = _own(uow, holder, order_id)
    return _page(request, uow, holder, order, back=back, why="cashier" if trouble else "")


@router.post("/{order_id}/pay")
def pay(uow: Transaction, holder: CurrentCustomer, order_id: UUID) -> Response:
    """To the cashier, with a new payment where the last one ran out."""
    order = _own(uow, holder, order_id)
    if order.state is OrderState.PLACED and _open_payment(uow, holder, order) is None:
        orders.begin_payment(uow, tenant_id=holder.tenant_id, order_id=order_id)
    return see_other(f"/portal/orders/{order_id}/cashier")


@router.get("/{order_id}/cashier")
def cashier(request: Request, holder: CustomerAlone, order_id: UUID) -> Response:
    """On to the provider's page."""
    database: Database = request.app.state.database
    here = f"/portal/orders/{order_id}"
    with database.transaction() as uow:
        order = _own(uow, holder, order_id)
        payment = _open_payment(uow, holder, order)
    if payment is None:
        return see_other(here)
    title = catalog(locale_of(request)).gettext("Water order %(number)s")
    return to_cashier(request, holder, payment, title=title % {"number": order.number}, here=here)


@router.post("/{order_id}/cancel")
def cancel(request: Request, uow: Transaction, holder: CurrentCustomer, order_id: UUID) -> Response:
    """Drop an order that is not paid, or paid with tickets; else the money is asked back."""
    order = _own(uow, holder, order_id)
    if not _may_drop(uow, holder, order):
        return _page(request, uow, holder, order, why="conflict")
    orders.cancel(
        uow,
        tenant_id=holder.tenant_id,
        order_id=order_id,
        by=holder.actor,
        reason="by the customer",
    )
    return see_other(f"/portal/orders/{order_id}")


@router.post("/{order_id}/reschedule")
def reschedule(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    order_id: UUID,
    window: Annotated[str, Form(pattern=WINDOW_PATTERN)],
) -> Response:
    """Another time, as long as nobody has set out."""
    order = _own(uow, holder, order_id)
    chosen = read_window(window)
    if chosen not in orders.windows(clock.now()) or not _may_move(uow, holder, order):
        return _page(request, uow, holder, order, why="conflict")
    assert chosen is not None
    orders.reschedule(
        uow, tenant_id=holder.tenant_id, order_id=order_id, window=chosen, by=holder.actor
    )
    return see_other(f"/portal/orders/{order_id}")


@router.post("/{order_id}/doubt")
def doubt(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    order_id: UUID,
    sku: Annotated[list[str], Form()],
    count: Annotated[list[int], Form()],
    buckets_given: Annotated[int, Form()],
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """What really came, by the customer's count: the courier is asked."""
    order = _own(uow, holder, order_id)
    try:
        with uow.attempt():
            receipts.doubt(
                uow,
                tenant_id=holder.tenant_id,
                customer_id=holder.customer.customer_id,
                order_id=order_id,
                received=dict(zip(sku, count, strict=False)),
                buckets_given=buckets_given,
                words=words,
            )
    except InvalidError:
        return _page(request, uow, holder, order, why="counts", words=words)
    except ConflictError:
        return _page(request, uow, holder, order, why="conflict")
    return see_other(f"/portal/orders/{order_id}")


@router.post("/{order_id}/report")
def report(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    order_id: UUID,
    category: Annotated[str, Form(max_length=40)],
    words: Annotated[str, Form(max_length=500)] = "",
    photos: Photos = None,
) -> Response:
    """It did not come, or not all of it: one case, however often it is said and by which way."""
    order = _own(uow, holder, order_id)
    if category not in COMPLAINTS or order.state is OrderState.PLACED:
        return _page(request, uow, holder, order, why="invalid")
    said = words.strip() or catalog(locale_of(request)).gettext(COMPLAINTS[category])
    try:
        file_ids = kept(uow, holder.tenant_id, photos or [])
    except InvalidError:
        return _page(request, uow, holder, order, why="photo", words=words)
    ticket = tickets.report(
        uow,
        tenant_id=holder.tenant_id,
        category=category,
        about=About(
            source=Source.PORTAL,
            facts={"words": said},
            order_id=order_id,
            customer_id=holder.customer.customer_id,
        ),
        actor=holder.actor,
        words=said,
        file_ids=file_ids,
    )
    return see_other(f"/portal/cases/{ticket.ticket_id}?thanks=1")


_STATUS = {
    "": status.HTTP_200_OK,
    "cashier": status.HTTP_200_OK,
    "conflict": status.HTTP_409_CONFLICT,
}


def _page(
    request: Request,
    uow: UnitOfWork,
    holder: Holder,
    order: Order,
    *,
    back: bool = False,
    why: str = "",
    words: str = "",
) -> Response:
    tenant_id = holder.tenant_id
    payment = _open_payment(uow, holder, order)
    confirming = back and payment is not None
    asked = _refunds_of(uow, holder, order)
    open_refund = next((refund for refund in asked if not refund.state.is_over), None)
    return render(
        request,
        "portal/order.html",
        status_code=_STATUS.get(why, status.HTTP_422_UNPROCESSABLE_CONTENT),
        headers={"Refresh": str(CONFIRMING_S)} if confirming else None,
        holder=holder,
        order=order,
        steps=orders.timeline(uow, tenant_id=tenant_id, order_id=order.order_id),
        confirming=confirming,
        payable=payment is not None or order.state is OrderState.PLACED,
        refund=open_refund or next(iter(asked), None),
        refundable=orders.refundable(uow, tenant_id=tenant_id, order_id=order.order_id),
        station=orders.station(uow, tenant_id=tenant_id, station_id=order.station_id),
        courier=_courier(uow, holder, order),
        cases=told(tickets.of_order(uow, tenant_id=tenant_id, order_id=order.order_id)),
        complaints=COMPLAINTS,
        doubt=receipts.doubt_of(uow, tenant_id=tenant_id, order_id=order.order_id),
        droppable=_may_drop(uow, holder, order),
        windows=orders.windows(clock.now()) if _may_move(uow, holder, order) else [],
        why=why,
        words=words,
    )


def _own(uow: UnitOfWork, holder: Holder, order_id: UUID) -> Order:
    """The customer's order; another's does not exist for him."""
    order = orders.get(uow, tenant_id=holder.tenant_id, order_id=order_id)
    if order.customer_id != holder.customer.customer_id:
        raise NotFoundError("no such order")
    return order


def _open_payment(uow: UnitOfWork, holder: Holder, order: Order) -> Payment | None:
    return open_payment(uow, holder, order.subject) if order.state is OrderState.PLACED else None


def _refunds_of(uow: UnitOfWork, holder: Holder, order: Order) -> Sequence[Refund]:
    return refunds.listed(uow, tenant_id=holder.tenant_id, order_id=order.order_id)


def _may_move(uow: UnitOfWork, holder: Holder, order: Order) -> bool:
    """Whether another time can be agreed: not under way, and nobody asks for the money."""
    asked = any(not refund.state.is_over for refund in _refunds_of(uow, holder, order))
    return order.state in _MOVABLE and not asked


def _may_drop(uow: UnitOfWork, holder: Holder, order: Order) -> bool:
    """Whether it is simply cancelled: no money for water hangs on it. Its deposits follow."""
    if order.state is OrderState.PLACED:
        return True
    return not order.goods_fen and _may_move(uow, holder, order)


def _courier(uow: UnitOfWork, holder: Holder, order: Order) -> str:
    if order.courier_id is None:
        return ""
    return people.staff_member(uow, tenant_id=holder.tenant_id, staff_id=order.courier_id).name
