"""Orders of barrels, as the desk sees them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import audit, orders, payments, people, refunds, tickets
from tapline.errors import ConflictError
from tapline.orders import Order, OrderState, booklets
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.review import names_of

router = APIRouter(prefix="/orders")


class Show(StrEnum):
    """Which orders the list holds."""

    LATE = "late"
    OPEN = "open"
    FAILED = "failed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


_STATES = {
    Show.LATE: (OrderState.PAID, OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED),
    Show.OPEN: (OrderState.PLACED, OrderState.PAID, OrderState.ASSIGNED, OrderState.OUT),
    Show.FAILED: (OrderState.FAILED,),
    Show.DELIVERED: (OrderState.DELIVERED,),
    Show.CANCELLED: (OrderState.CANCELLED,),
}
_UNDER_WAY = (OrderState.PAID, OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED)
_SHOWN = 200


@router.get("")
def orders_page(
    request: Request,
    uow: Transaction,
    member: Operator,
    show: Show = Show.OPEN,
    station: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Orders of one kind, of one station where asked for."""
    stations = orders.stations_of(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/orders.html",
        member=member,
        show=show,
        shows=list(Show),
        station=station,
        stations={one.station_id: one for one in stations},
        names=names_of(uow, member.tenant_id),
        orders=orders.listed(
            uow,
            tenant_id=member.tenant_id,
            station_id=station,
            states=_STATES[show],
            late=show is Show.LATE,
            limit=_SHOWN,
        ),
    )


@router.get("/{order_id}")
def order_page(
    request: Request, uow: Transaction, member: CurrentAgent, order_id: UUID
) -> Response:
    """One order with what happened to it, its money and its cases."""
    return _page(request, uow, member, order_id, action="order.read")


@router.post("/{order_id}/reveal")
def reveal(request: Request, uow: Transaction, member: CurrentAgent, order_id: UUID) -> Response:
    """The same page with name, phone and address in full; that is on record."""
    return _page(request, uow, member, order_id, action="customer.reveal")


@router.post("/{order_id}/cancel")
def cancel(
    uow: Transaction,
    member: Operator,
    order_id: UUID,
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Stop an order whose water is paid for with tickets alone; of any other the money is asked
    back."""
    order = orders.get(uow, tenant_id=member.tenant_id, order_id=order_id)
    if not _droppable(order):
        raise ConflictError("ask the money of this order back: that cancels it")
    orders.cancel(
        uow, tenant_id=member.tenant_id, order_id=order_id, by=member.staff, reason=reason
    )
    return see_other(f"/console/orders/{order_id}")


def _droppable(order: Order) -> bool:
    return not order.goods_fen and order.state in _UNDER_WAY


def _page(
    request: Request, uow: UnitOfWork, member: Member, order_id: UUID, *, action: str
) -> Response:
    tenant_id = member.tenant_id
    order = orders.get(uow, tenant_id=tenant_id, order_id=order_id)
    audit.record(uow, tenant_id=tenant_id, actor=member.actor, action=action, subject=order.subject)
    return render(
        request,
        "console/order.html",
        member=member,
        order=order,
        steps=orders.timeline(uow, tenant_id=tenant_id, order_id=order_id),
        station=orders.station(uow, tenant_id=tenant_id, station_id=order.station_id),
        customer=people.find_customer(uow, tenant_id=tenant_id, customer_id=order.customer_id),
        shown=action == "customer.reveal",
        payments=payments.of_subject(uow, tenant_id=tenant_id, subject=order.subject),
        refunds=refunds.listed(uow, tenant_id=tenant_id, order_id=order_id),
        cases=tickets.of_order(uow, tenant_id=tenant_id, order_id=order_id),
        droppable=_droppable(order),
        has_tickets=bool(booklets.in_hand(uow, tenant_id=tenant_id, customer_id=order.customer_id)),
        names=names_of(uow, tenant_id),
    )
