from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.orders.model import Order
from tapline.orders.receipts.model import DeliveryDoubt
from tapline.uow import UnitOfWork


class ReceiptRepository:
    """Doubts about one tenant's deliveries."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, doubt: DeliveryDoubt) -> None:
        self._session.add(doubt)
        self._session.flush()

    def of(self, order_id: UUID) -> DeliveryDoubt | None:
        return self._session.scalar(
            select(DeliveryDoubt).where(
                DeliveryDoubt.tenant_id == self._tenant_id, DeliveryDoubt.order_id == order_id
            )
        )

    def of_orders(self, order_ids: Collection[UUID]) -> Sequence[DeliveryDoubt]:
        return self._session.scalars(
            select(DeliveryDoubt).where(
                DeliveryDoubt.tenant_id == self._tenant_id, DeliveryDoubt.order_id.in_(order_ids)
            )
        ).all()

    def unanswered(self, courier_id: UUID) -> Sequence[Order]:
        """The orders of a courier about which he is asked, longest asked first."""
        return self._session.scalars(
            select(Order)
            .join(DeliveryDoubt, DeliveryDoubt.order_id == Order.order_id)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.courier_id == courier_id,
                DeliveryDoubt.answer.is_(None),
            )
            .order_by(DeliveryDoubt.said_at)
        ).all()
