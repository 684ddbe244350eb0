"""Couriers who carry barrels and technicians who go to machines."""

from collections.abc import Iterator
from functools import partial

from tapline import clock, orders, tickets
from tapline.errors import ConflictError
from tapline.orders import OrderState
from tapline.people import Role, Staff
from tapline.tickets import Outcome, Source, work_orders
from tapline.tickets.work_orders import WorkOrder, WorkOrderState
from tapline.uow import UnitOfWork
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_VERBS = {
    WorkOrderState.DISPATCHED: work_orders.accept,
    WorkOrderState.ACCEPTED: work_orders.start,
}


def act(stage: Stage) -> Iterator[str]:
    """One look at the lists of everybody in the field."""
    for courier in stage.do(lambda uow: stage.actors(uow, Role.COURIER)):
        yield from _carry(stage, courier)
    for technician in stage.do(lambda uow: stage.actors(uow, Role.TECHNICIAN)):
        yield from _mend(stage, technician)


def _carry(stage: Stage, courier: Staff) -> Iterator[str]:
    """Takes out what can still come in time, and forgets a barrel once."""
    for task in stage.do(lambda uow: orders.tasks_of(uow, courier=courier)):
        order = task.order
        is_lost = order.window_end <= clock.now()  # whether a sweep has called it late or not
        if is_lost or not stage.is_ripe(f"{order.order_id}:{order.state}"):
            continue
        try:
            yield stage.do(partial(_step, courier=courier, order=order))
        except ConflictError:
            continue  # the customer wants his money back meanwhile


def _step(uow: UnitOfWork, courier: Staff, order: orders.Order) -> str:
    if order.state is OrderState.ASSIGNED:
        orders.depart(uow, courier=courier, order_id=order.order_id)
        return f"{courier.name} sets out with {order.number}"
    came = {line.sku: line.quantity for line in order.lines}
    first = order.lines[0]
    came[first.sku] = max(1, first.quantity - 1)
    orders.deliver(
        uow, courier=courier, order_id=order.order_id, buckets_returned=0, delivered=came
    )
    return f"{courier.name} delivers {order.number}, one barrel short"


def _mend(stage: Stage, technician: Staff) -> Iterator[str]:
    own = partial(work_orders.of_technician, tenant_id=DEMO, technician_id=technician.staff_id)
    for work in stage.do(own):
        if stage.is_ripe(f"{work.work_order_id}:{work.state}"):
            yield stage.do(partial(_go_on, technician=technician, work=work))


def _go_on(uow: UnitOfWork, technician: Staff, work: WorkOrder) -> str:
    verb = {
        WorkOrderState.DISPATCHED: work_orders.accept,
        WorkOrderState.ACCEPTED: work_orders.start,
    }
    if work.state in verb:
        verb[work.state](
            uow, tenant_id=DEMO, work_order_id=work.work_order_id, technician=technician
        )
        return f"{technician.name} goes on with a work order ({work.state.value})"
    ticket = tickets.get(uow, tenant_id=DEMO, ticket_id=work.ticket_id)
    foreseen = ticket.source is Source.PREDICTION
    work_orders.finish(
        uow,
        tenant_id=DEMO,
        work_order_id=work.work_order_id,
        technician=technician,
        outcome=Outcome.CONFIRMED_PART if foreseen else Outcome.FIXED,
        parts={"PP 棉滤芯": 1} if foreseen else {},
        words="滤芯确实堵了，已更换" if foreseen else "已处理",
    )
    return f"{technician.name} finishes {ticket.number}"
