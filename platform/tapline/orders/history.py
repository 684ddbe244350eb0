"""What happened to an order, written down where everybody looks for it."""

from typing import Any
from uuid import UUID

from tapline import audit, clock
from tapline.events import OrderChanged
from tapline.orders.model import Order, OrderStep, StepKind
from tapline.orders.repository import OrderRepository
from tapline.people import Staff
from tapline.uow import UnitOfWork


def record(
    uow: UnitOfWork,
    order: Order,
    kind: StepKind,
    *,
    by: Staff | str = audit.SYSTEM,
    words: str = "",
    facts: dict[str, Any] | None = None,
    file_id: UUID | None = None,
) -> OrderStep:
    """Add to the timeline, tell whom it concerns, and hold a member of staff to it."""
    step = OrderStep(
        order_id=order.order_id,
        kind=kind,
        actor=by.name if isinstance(by, Staff) else by,
        words=words,
        facts=facts or {},
        file_id=file_id,
        at=clock.now(),
    )
    OrderRepository(uow, order.tenant_id).add_step(step)
    if isinstance(by, Staff):
        audit.record(
            uow,
            tenant_id=order.tenant_id,
            actor=by.login,
            action=f"order.{kind.value}",
            subject=order.subject,
            reason=words,
        )
    uow.emit(OrderChanged(tenant_id=order.tenant_id, order_id=order.order_id))
    return step
