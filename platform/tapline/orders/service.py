from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from tapline import clock
from tapline.errors import InvalidError
from tapline.orders import rules
from tapline.orders.history import record
from tapline.orders.model import Order, OrderState, OrderStep, StepKind
from tapline.orders.placing import assign
from tapline.orders.repository import OrderRepository
from tapline.orders.settlement import cancel
from tapline.orders.telling import tell
from tapline.orders.window import Window, windows
from tapline.people import Staff
from tapline.uow import UnitOfWork

_MOVABLE = frozenset({OrderState.PAID, OrderState.ASSIGNED, OrderState.FAILED})


def get(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> Order:
    """One order; `NotFoundError` where the tenant has none such."""
    return OrderRepository(uow, tenant_id).get(order_id)


def locked(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> Order:
    """One order as it stays until the transaction ends; `NotFoundError` as for `get`."""
    return OrderRepository(uow, tenant_id).get(order_id, lock=True)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID | None = None,
    station_id: UUID | None = None,
    states: Collection[OrderState] | None = None,
    late: bool = False,
    limit: int = 100,
) -> Sequence[Order]:
    """Orders, newest first; of a customer, of a station, in these states where given.

    `late` leaves those whose promise was broken, longest late first.
    """
    return OrderRepository(uow, tenant_id).listed(
        customer_id=customer_id, station_id=station_id, states=states, late=late, limit=limit
    )


def ended_since(uow: UnitOfWork, *, tenant_id: str, since: datetime) -> Sequence[Order]:
    """What was delivered or cancelled since then, oldest first."""
    return OrderRepository(uow, tenant_id).ended_since(since)


def timeline(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> Sequence[OrderStep]:
    """What happened to an order, oldest first; `NotFoundError` where the tenant has none such."""
    orders = OrderRepository(uow, tenant_id)
    return orders.steps(orders.get(order_id).order_id)


def reschedule(
    uow: UnitOfWork, *, tenant_id: str, order_id: UUID, window: Window, by: Staff | str
) -> Order:
    """Promise another window; the customer is told, and it is not late any more.

    Raises:
        NotFoundError: the tenant has no such order.
        InvalidError: a window that cannot be promised.
        ConflictError: it is not paid, is on its way, or over.
    """
    if window not in windows(clock.now()):
        raise InvalidError("this delivery time is over or too far ahead: choose another")
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    rules.must_be(order, _MOVABLE, "given another time")
    order.window_day, order.window_part, order.window_end = window.day, window.part, window.end
    order.late_since = order.fail_reason = None
    if order.courier_id is not None:
        order.state = OrderState.ASSIGNED
    facts = {"day": window.day.isoformat(), "part": window.part.value}
    tell(uow, order, record(uow, order, StepKind.RESCHEDULED, by=by, facts=facts))
    return order


def sweep_late(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Order]:
    """Mark what was promised and did not come, once, and tell the customers; which they are."""
    due = clock.now() - rules.GRACE
    late = OrderRepository(uow, tenant_id).late(rules.UNDELIVERED, due)
    for order in late:
        order.late_since = order.window_end
        tell(uow, order, record(uow, order, StepKind.LATE))
    return late


def sweep_unpaid(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Cancel what nobody pays: its barrels are others'."""
    for order in OrderRepository(uow, tenant_id).unpaid(clock.now() - rules.KEPT_UNPAID):
        cancel(uow, tenant_id=tenant_id, order_id=order.order_id, reason="not paid in time")


def sweep_unassigned(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Give paid orders to couriers who joined their station since."""
    for order in OrderRepository(uow, tenant_id).unassigned():
        assign(uow, order)
