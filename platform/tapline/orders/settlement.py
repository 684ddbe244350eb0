"""What of an order's money is not earned, and how an order ends without delivery."""

from collections.abc import Sequence
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
    if unearned.code in found and found[unearned.code].held:
        return Refundable(0, 0, order.state)
    goods_fen = found[unearned.code].available if unearned.code in found else 0
    deposit_fen = found[deposit.code].available if deposit.code in found else 0
    made = payments.of_subject(uow, tenant_id=tenant_id, subject=order.subject)
    unused_fen = _unused_fen(order, sum(one.state is PaymentState.PAID for one in made))
    return Refundable(goods_fen, min(deposit_fen, unused_fen), order.state)


def note_deposit_returned(
    uow: UnitOfWork, *, tenant_id: str, order_id: UUID, amount_fen: int
) -> None:
    """So much of an order's deposits was given back."""
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    order.deposit_returned_fen += amount_fen


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


def stopped(uow: UnitOfWork, *, tenant_id: str, orders: Sequence[Order]) -> set[UUID]:
    """Those of `orders` whose money is held for a refund, so that it cannot be earned."""
    accounts = {order.order_id: chart.order_unearned(order.order_id).code for order in orders}
    found = ledger.balances(uow, tenant_id=tenant_id, codes=list(accounts.values()))
    return {order_id for order_id, code in accounts.items() if code in found and found[code].held}


def _unused_fen(order: Order, times_paid: int) -> int:
    """Deposits paid with the order for buckets that did not come, less what was given back."""
    kept_fen = sum(line.deposits_kept * line.deposit_fen for line in order.lines)
    return max(0, times_paid * order.deposit_fen - kept_fen - order.deposit_returned_fen)
