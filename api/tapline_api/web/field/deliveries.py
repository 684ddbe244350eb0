"""A courier's order: setting out, the barrels at the door, or why they are not."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile, status

from tapline import audit, orders
from tapline.errors import ConflictError, InvalidError
from tapline.orders import FailReason, Order, receipts
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentFieldWorker, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import kept

router = APIRouter(prefix="/orders/{order_id}")

Words = Annotated[str, Form(max_length=500)]
Photo = Annotated[UploadFile | None, File()]


@router.get("")
def order_page(
    request: Request, uow: Transaction, member: CurrentFieldWorker, order_id: UUID
) -> Response:
    """Where it goes, to whom, and what happened so far; that he looked is on record."""
    task = orders.task(uow, courier=member.staff, order_id=order_id)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="customer.reveal",
        subject=f"customer:{task.order.customer_id}",
    )
    return _page(request, uow, member, order_id)


@router.post("/depart")
def depart(
    request: Request, uow: Transaction, member: CurrentFieldWorker, order_id: UUID
) -> Response:
    """He takes it out; the list offers to take that back."""
    return _acted(
        request,
        uow,
        member,
        order_id,
        lambda: orders.depart(uow, courier=member.staff, order_id=order_id),
        then=f"/field?undo={order_id}",
    )


@router.post("/resume")
def resume(
    request: Request, uow: Transaction, member: CurrentFieldWorker, order_id: UUID
) -> Response:
    """Back on the list: not gone after all, or once more."""
    return _acted(
        request,
        uow,
        member,
        order_id,
        lambda: orders.resume(uow, courier=member.staff, order_id=order_id),
    )


@router.post("/deliver")
def deliver(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    order_id: UUID,
    sku: Annotated[list[str], Form()],
    count: Annotated[list[int], Form()],
    buckets_returned: Annotated[int, Form()],
    lot: Annotated[str, Form(max_length=40)] = "",
    words: Words = "",
    photo: Photo = None,
) -> Response:
    """Barrels handed over and empties taken along, counted: this earns the money."""
    return _acted(
        request,
        uow,
        member,
        order_id,
        lambda: orders.deliver(
            uow,
            courier=member.staff,
            order_id=order_id,
            delivered=dict(zip(sku, count, strict=False)),
            buckets_returned=buckets_returned,
            words=words,
            photo=_kept(uow, member, photo),
            lot=lot,
        ),
    )


@router.post("/fail")
def fail(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    order_id: UUID,
    reason: Annotated[FailReason, Form()],
    words: Words = "",
    photo: Photo = None,
) -> Response:
    """He came in vain."""
    return _acted(
        request,
        uow,
        member,
        order_id,
        lambda: orders.fail(
            uow,
            courier=member.staff,
            order_id=order_id,
            reason=reason,
            words=words,
            photo=_kept(uow, member, photo),
        ),
    )


@router.post("/answer")
def answer(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    order_id: UUID,
    customer_is_right: Annotated[bool, Form()],
    words: Words = "",
) -> Response:
    """Who is right about the counts: if the customer is, they are put right."""
    receipts.answer(
        uow,
        courier=member.staff,
        order_id=order_id,
        customer_is_right=customer_is_right,
        words=words,
    )
    return see_other(f"/field/orders/{order_id}")


def _kept(uow: UnitOfWork, member: Member, photo: UploadFile | None) -> UUID | None:
    found = kept(uow, member.tenant_id, [photo] if photo else [])
    return found[0] if found else None


def _acted(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    order_id: UUID,
    act: Callable[[], Order],
    *,
    then: str = "/field",
) -> Response:
    """Do it and go back to the list; where it cannot be, show the order and say why."""
    orders.task(uow, courier=member.staff, order_id=order_id)  # nobody else's, before any file
    try:
        with uow.attempt():
            act()
    except (ConflictError, InvalidError) as error:
        return _page(request, uow, member, order_id, why=error.code)
    return see_other(then)


_STATUS = {
    "": status.HTTP_200_OK,
    "invalid": status.HTTP_422_UNPROCESSABLE_CONTENT,
}


def _page(
    request: Request, uow: UnitOfWork, member: Member, order_id: UUID, *, why: str = ""
) -> Response:
    task = orders.task(uow, courier=member.staff, order_id=order_id)
    customer_id = task.order.customer_id
    return render(
        request,
        "field/order.html",
        status_code=_STATUS.get(why, status.HTTP_409_CONFLICT),
        member=member,
        task=task,
        steps=orders.timeline(uow, tenant_id=member.tenant_id, order_id=order_id),
        deposits=orders.deposits_of(uow, tenant_id=member.tenant_id, customer_id=customer_id),
        doubt=receipts.doubt_of(uow, tenant_id=member.tenant_id, order_id=order_id),
        reasons=list(FailReason),
        last_lot=_last_lot(uow, member),
        why=why,
    )


def _last_lot(uow: UnitOfWork, member: Member) -> str:
    """What he typed at the last door today: a load is mostly of one lot."""
    brought = orders.delivered_today(uow, courier=member.staff)
    return next((one.lot for one in brought if one.lot), "")
