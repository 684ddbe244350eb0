"""Orders of barrels: paid for, promised, late."""

from tapline import orders
from tapline.events import PaymentPaid
from tapline.orders import booklets
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def take_order_payment(uow: UnitOfWork, event: PaymentPaid) -> None:
    orders.on_paid(
        uow, tenant_id=event.tenant_id, payment_id=event.payment_id, subject=event.subject
    )


@consumer
def take_booklet_payment(uow: UnitOfWork, event: PaymentPaid) -> None:
    booklets.on_paid(
        uow, tenant_id=event.tenant_id, payment_id=event.payment_id, subject=event.subject
    )


@tenant_sweep
def sweep_orders(uow: UnitOfWork, tenant_id: str) -> None:
    orders.sweep_unpaid(uow, tenant_id=tenant_id)
    orders.sweep_unassigned(uow, tenant_id=tenant_id)
    orders.sweep_late(uow, tenant_id=tenant_id)
    booklets.lapse(uow, tenant_id=tenant_id)
