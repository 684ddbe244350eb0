"""What somebody has to do today, most urgent first."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from tapline import orders
from tapline.errors import NotFoundError
from tapline.orders import OrderState, Task, receipts
from tapline.people import Role
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentFieldWorker, Member, Transaction
from tapline_api.templating import render
from tapline_api.web.field.route import day_context

router = APIRouter()


@router.get("")
def home(
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    undo: Annotated[UUID | None, Query()] = None,
) -> Response:
    """One's own tasks; just after setting out, with the way back."""
    return _page(request, uow, member, whole=True, undo=_left(uow, member, undo))


@router.get("/live")
def live(request: Request, uow: Transaction, member: CurrentFieldWorker) -> Response:
    """The tasks alone, for the page to refresh itself."""
    return _page(request, uow, member, whole=False, undo=None)


def _page(
    request: Request, uow: UnitOfWork, member: Member, *, whole: bool, undo: Task | None
) -> Response:
    if member.staff.role is Role.COURIER:
        template = "field/courier.html" if whole else "field/tasks.html"
        return render(request, template, member=member, undo=undo, **_deliveries(uow, member))
    template = "field/technician.html" if whole else "field/works.html"
    return render(request, template, member=member, **day_context(uow, member))


def _deliveries(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    return {
        "tasks": orders.tasks_of(uow, courier=member.staff),
        "doubted": receipts.unanswered_of(uow, courier=member.staff),
        "done": orders.delivered_today(uow, courier=member.staff),
        "station": orders.station_of_courier(
            uow, tenant_id=member.tenant_id, staff_id=member.staff.staff_id
        ),
    }


def _left(uow: UnitOfWork, member: Member, order_id: UUID | None) -> Task | None:
    """The order just taken out, unless something else became of it by now."""
    if order_id is None:
        return None
    try:
        task = orders.task(uow, courier=member.staff, order_id=order_id)
    except NotFoundError:
        return None
    return task if task.order.state is OrderState.OUT else None
