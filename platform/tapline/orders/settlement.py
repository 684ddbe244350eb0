"""What of an order's money is not earned, and how an order ends without delivery."""

from dataclasses import dataclass
from uuid import UUID

from tapline import audit, clock, ledger, payments
from tapline.ledger import chart
from tapline.orders import rules
from tapline.orders.booklets import redeeming
from tapline.orders.history import record
from tapline.orders.model import Order, OrderState, StepKind
from tapline.orders.repository import OrderRepository
from tapline.payments import PaymentState
from tapline.people import Staff
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Refundable:
    """What of an order may be given back now, in fen; what a refund holds already is not in it."""

    goods_fen: int
    """Of `chart.order_unearned(order_id)`."""
    deposit_fen: int
    """Of `chart.bucket_deposit(customer_id)`: for buckets that did not come."""
    state: OrderState


def refundable(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> Refundable:
    """What an undelivered order, or the missing rest of a delivered one, may get back in money.

    Raises:
        NotFoundError: the tenant has no such order.
    """
    order = OrderRepository(uow, tenant_id).get(order_id)
    unearned, deposit = chart.order_unearned(order_id), chart.bucket_deposit(order.customer_id)
    found = ledger.balances(uow, tenant_id=tenant_id, codes=[unearned.code, deposit.code])
    if order.refund_asked_at is not None:
        return Refundable(0, 0, order.state)
    goods_fen = found[unearned.code].available if unearned.code in found else 0
    deposit_fen = found[deposit.code].available if deposit.code in found else 0
    made = payments.of_subject(uow, tenant_id=tenant_id, subject=order.subject)
    unused_fen = _unused_fen(order, sum(one.state is PaymentState.PAID for one in made))
    return Refundable(goods_fen, min(deposit_fen, unused_fen), order.state)


def begin_refund(uow: UnitOfWork, *, tenant_id: str, order_id: UUID) -> None:
    """The customer wants his money back: nobody hands anything over until that is decided."""
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    order.refund_asked_at = clock.now()


def end_refund(uow: UnitOfWork, *, tenant_id: str, order_id: UUID, deposit_fen: int = 0) -> None:
    """It is decided: so much of the order's deposits is given back."""
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    order.refund_asked_at = None
    order.deposit_returned_fen += deposit_fen


def cancel(
    uow: UnitOfWork, *, tenant_id: str, order_id: UUID, by: Staff | str = audit.SYSTEM, reason: str
) -> Order:
    """Stop it: nobody carries it any more. Its tickets are free again, its money waits to be
    refunded. Said again, the same.

    Raises:
        NotFoundError: the tenant has no such order.
        ConflictError: it was delivered.
    """
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    if order.state is OrderState.CANCELLED:
        return order
    rules.must_be(order, rules.PROMISED, "cancelled")
    order.state, order.ended_at = OrderState.CANCELLED, clock.now()
    ledger.post(uow, tenant_id=tenant_id, commands=redeeming.released(order))
    record(uow, order, StepKind.CANCELLED, by=by, words=reason)
    return order


def _unused_fen(order: Order, times_paid: int) -> int:
    """Deposits paid with the order for buckets that did not come, less what was given back."""
    kept_fen = sum(line.deposits_kept * line.deposit_fen for line in order.lines)
    return max(0, times_paid * order.deposit_fen - kept_fen - order.deposit_returned_fen)
