from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.tickets.work_orders.model import WorkOrder
from tapline.tickets.work_orders.obstacles.model import Setback
from tapline.uow import UnitOfWork


class SetbackRepository:
    """Failed attempts of one tenant's technicians."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, setback: Setback) -> None:
        self._session.add(setback)
        self._session.flush()

    def sent_before(self, work_order_id: UUID, request_key: str) -> Setback | None:
        return self._session.scalar(
            select(Setback).where(
                Setback.work_order_id == work_order_id, Setback.request_key == request_key
            )
        )

    def of_work(self, work_order_id: UUID) -> Sequence[Setback]:
        """Newest first."""
        return self._session.scalars(
            select(Setback)
            .where(Setback.tenant_id == self._tenant_id, Setback.work_order_id == work_order_id)
            .order_by(Setback.at.desc())
        ).all()

    def wanted(self) -> Sequence[tuple[Setback, WorkOrder]]:
        """Parts that are ordered and have not come, longest first, with whose visit waits."""
        rows = self._session.execute(
            select(Setback, WorkOrder)
            .join(WorkOrder, WorkOrder.work_order_id == Setback.work_order_id)
            .where(
                Setback.tenant_id == self._tenant_id,
                Setback.part.is_not(None),
                Setback.part_came_at.is_(None),
            )
            .order_by(Setback.at)
        )
        return [(setback, work) for setback, work in rows]

    def get(self, setback_id: UUID) -> Setback:
        setback = self._session.get(Setback, setback_id, with_for_update=True)
        if setback is None or setback.tenant_id != self._tenant_id:
            raise NotFoundError(f"no setback {setback_id}")
        return setback
