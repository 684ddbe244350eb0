from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from tapline.orders.model import Order, OrderLine, OrderState
from tapline.uow import UnitOfWork


class BucketRepository:
    """What orders say about a customer's deposits."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def paid(self, customer_id: UUID) -> list[int]:
        """The deposit of each bucket delivered with one, in fen, newest first."""
        lines = (
            select(OrderLine)
            .join(Order, Order.order_id == OrderLine.order_id)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.customer_id == customer_id,
                Order.state == OrderState.DELIVERED,
                OrderLine.deposits > 0,
            )
            .order_by(Order.ended_at.desc(), Order.order_id.desc(), OrderLine.position)
        )
        return [
            line.deposit_fen
            for line in self._session.scalars(lines)
            for _ in range(line.deposits_kept)
        ]

    def exchanged(self, customer_id: UUID, states: Collection[OrderState]) -> int:
        """Buckets that the customer's orders in these states bring on deposits paid earlier."""
        bringing = (
            select(func.sum(OrderLine.quantity - OrderLine.deposits))
            .join(Order, Order.order_id == OrderLine.order_id)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.customer_id == customer_id,
                Order.state.in_(list(states)),
                OrderLine.deposit_fen > 0,
            )
        )
        return int(self._session.scalar(bringing) or 0)

    def reserved_fen(self, customer_id: UUID, states: Collection[OrderState]) -> int:
        """Deposits of the customer's orders in these states."""
        reserved = select(func.sum(Order.deposit_fen)).where(
            Order.tenant_id == self._tenant_id,
            Order.customer_id == customer_id,
            Order.state.in_(list(states)),
        )
        return int(self._session.scalar(reserved) or 0)
