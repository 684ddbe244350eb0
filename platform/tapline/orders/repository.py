from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.orders.model import Order, OrderCounter, OrderLine, OrderState, OrderStep, StepKind
from tapline.uow import UnitOfWork


class OrderRepository:
    """Orders of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, customer_id: UUID) -> None:
        """Wait until no other transaction places an order of this customer."""
        name = func.hashtextextended(f"order:{self._tenant_id}:{customer_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def next_count(self, day: date) -> int:
        """The next number of the day; given back if the transaction fails."""
        counter = insert(OrderCounter).values(tenant_id=self._tenant_id, day=day, last=1)
        counter = counter.on_conflict_do_update(
            index_elements=[OrderCounter.tenant_id, OrderCounter.day],
            set_={"last": OrderCounter.last + 1},
        )
        return self._session.execute(counter.returning(OrderCounter.last)).scalar_one()

    def add(self, order: Order, lines: Sequence[OrderLine]) -> None:
        self._session.add(order)
        self._session.flush()
        self._session.add_all(lines)
        self._session.flush()
        self._session.refresh(order)

    def add_step(self, step: OrderStep) -> None:
        """Write at once: its position names it to others."""
        self._session.add(step)
        self._session.flush()

    def get(self, order_id: UUID, *, lock: bool = False) -> Order:
        order = self._session.get(
            Order, order_id, with_for_update={"of": Order} if lock else None, populate_existing=lock
        )
        if order is None or order.tenant_id != self._tenant_id:
            raise NotFoundError(f"no order {order_id}")
        return order

    def requested(self, customer_id: UUID, request_key: str) -> Order | None:
        """The order that this form placed, if it did."""
        return self._session.scalar(
            select(Order).where(
                Order.tenant_id == self._tenant_id,
                Order.customer_id == customer_id,
                Order.request_key == request_key,
            )
        )

    def listed(
        self,
        *,
        customer_id: UUID | None,
        station_id: UUID | None,
        states: Collection[OrderState] | None,
        late: bool,
        limit: int,
    ) -> Sequence[Order]:
        """Newest first; late ones alone come longest late first."""
        orders = select(Order).where(Order.tenant_id == self._tenant_id)
        if customer_id is not None:
            orders = orders.where(Order.customer_id == customer_id)
        if station_id is not None:
            orders = orders.where(Order.station_id == station_id)
        if states is not None:
            orders = orders.where(Order.state.in_(list(states)))
        if late:
            orders = orders.where(Order.late_since.is_not(None)).order_by(Order.late_since)
        return self._session.scalars(orders.order_by(Order.order_id.desc()).limit(limit)).all()

    def of_courier(self, courier_id: UUID, states: Collection[OrderState]) -> Sequence[Order]:
        """In the order in which they are due."""
        return self._session.scalars(
            select(Order)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.courier_id == courier_id,
                Order.state.in_(list(states)),
            )
            .order_by(Order.window_end, Order.order_id)
        ).all()

    def delivered_by(self, courier_id: UUID, since: datetime) -> Sequence[Order]:
        """Last delivered first."""
        return self._session.scalars(
            select(Order)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.courier_id == courier_id,
                Order.state == OrderState.DELIVERED,
                Order.ended_at >= since,
            )
            .order_by(Order.ended_at.desc(), Order.order_id.desc())
        ).all()

    def loads(self, courier_ids: Sequence[UUID], states: Collection[OrderState]) -> list[int]:
        """How many orders in these states each courier has."""
        counts = (
            select(Order.courier_id, func.count())
            .where(Order.courier_id.in_(list(courier_ids)), Order.state.in_(list(states)))
            .group_by(Order.courier_id)
        )
        found = dict(self._session.execute(counts).all())
        return [found.get(courier_id, 0) for courier_id in courier_ids]

    def late(self, states: Collection[OrderState], before: datetime) -> Sequence[Order]:
        """Lock those whose window ended before and that are not marked; skip what is in use."""
        return self._session.scalars(
            select(Order)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.state.in_(list(states)),
                Order.late_since.is_(None),
                Order.window_end < before,
            )
            .order_by(Order.order_id)
            .with_for_update(skip_locked=True)
        ).all()

    def ended_since(self, moment: datetime) -> Sequence[Order]:
        """Delivered or cancelled since then, oldest first."""
        return self._session.scalars(
            select(Order)
            .where(Order.tenant_id == self._tenant_id, Order.ended_at >= moment)
            .order_by(Order.order_id)
        ).all()

    def unpaid(self, before: datetime) -> Sequence[Order]:
        """Lock those placed before that nobody paid; skip what is in use."""
        return self._session.scalars(
            select(Order)
            .where(
                Order.tenant_id == self._tenant_id,
                Order.state == OrderState.PLACED,
                Order.placed_at < before,
            )
            .order_by(Order.order_id)
            .with_for_update(skip_locked=True)
        ).all()

    def unassigned(self) -> Sequence[Order]:
        """Lock those that wait for a courier; skip what is in use."""
        return self._session.scalars(
            select(Order)
            .where(Order.tenant_id == self._tenant_id, Order.state == OrderState.PAID)
            .order_by(Order.window_end, Order.order_id)
            .with_for_update(skip_locked=True)
        ).all()

    def steps(self, order_id: UUID) -> Sequence[OrderStep]:
        """The timeline, oldest first."""
        return self._session.scalars(
            select(OrderStep).where(OrderStep.order_id == order_id).order_by(OrderStep.position)
        ).all()

    def knows_payment(self, order_id: UUID, payment_id: UUID) -> bool:
        """Whether the timeline names this payment."""
        paid = (StepKind.PAID, StepKind.PAID_AGAIN, StepKind.PAID_AFTER_CANCEL)
        return any(
            step.facts.get("payment") == str(payment_id)
            for step in self.steps(order_id)
            if step.kind in paid
        )
