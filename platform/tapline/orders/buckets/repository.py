from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from tapline.orders.buckets.model import BucketOpening
from tapline.orders.model import Order, OrderLine, OrderState
from tapline.uow import UnitOfWork


class BucketRepository:
    """What orders say about a customer's deposits."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def paid(self, customer_id: UUID) -> list[int]:
        """The deposit of each bucket that came with one, in fen, newest first."""
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
        ordered = [
            line.deposit_fen
            for line in self._session.scalars(lines)
            for _ in range(line.deposits_kept)
        ]
        return ordered + self._brought(customer_id)

    def _brought(self, customer_id: UUID) -> list[int]:
        """The deposits that were paid elsewhere, before the customer came to us."""
        openings = (
            select(BucketOpening)
            .where(
                BucketOpening.tenant_id == self._tenant_id,
                BucketOpening.customer_id == customer_id,
                BucketOpening.withdrawn_at.is_(None),
            )
            .order_by(BucketOpening.opened_at.desc(), BucketOpening.key.desc())
        )
        found = self._session.scalars(openings)
        return [one.deposit_fen for one in found for _ in range(one.deposits)]

    def add(self, openings: Sequence[BucketOpening]) -> None:
        self._session.add_all(openings)
        self._session.flush()

    def withdraw(self, keys: Collection[str], at: datetime) -> None:
        """These openings count no more."""
        self._session.execute(
            update(BucketOpening)
            .where(BucketOpening.tenant_id == self._tenant_id, BucketOpening.key.in_(keys))
            .values(withdrawn_at=at)
        )

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
