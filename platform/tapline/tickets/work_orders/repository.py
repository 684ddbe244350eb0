from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.tickets.model import Source, Ticket
from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.uow import UnitOfWork

_OPEN = [state for state in WorkOrderState if state.is_open]


class WorkOrderRepository:
    """Work orders of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, work: WorkOrder) -> None:
        self._session.add(work)
        self._session.flush()

    def get(self, work_order_id: UUID, *, lock: bool = False) -> WorkOrder:
        work = self._session.get(
            WorkOrder, work_order_id, with_for_update=lock or None, populate_existing=lock
        )
        if work is None or work.tenant_id != self._tenant_id:
            raise NotFoundError(f"no work order {work_order_id}")
        return work

    def of_ticket(self, ticket_id: UUID) -> Sequence[WorkOrder]:
        """Oldest first."""
        return self._session.scalars(
            select(WorkOrder)
            .where(WorkOrder.tenant_id == self._tenant_id, WorkOrder.ticket_id == ticket_id)
            .order_by(WorkOrder.made_at, WorkOrder.number)
        ).all()

    def open_of(self, ticket_id: UUID) -> WorkOrder | None:
        return self._session.scalar(
            select(WorkOrder).where(
                WorkOrder.tenant_id == self._tenant_id,
                WorkOrder.ticket_id == ticket_id,
                WorkOrder.state.in_(_OPEN),
            )
        )

    def of_technician(self, technician_id: UUID) -> Sequence[WorkOrder]:
        """What he still has, oldest first."""
        return self._session.scalars(
            select(WorkOrder)
            .where(
                WorkOrder.tenant_id == self._tenant_id,
                WorkOrder.technician_id == technician_id,
                WorkOrder.state.in_(_OPEN),
            )
            .order_by(WorkOrder.made_at, WorkOrder.number)
        ).all()

    def ended_of(self, technician_id: UUID, since: datetime) -> Sequence[WorkOrder]:
        """What he ended since then, newest first."""
        return self._session.scalars(
            select(WorkOrder)
            .where(
                WorkOrder.tenant_id == self._tenant_id,
                WorkOrder.technician_id == technician_id,
                WorkOrder.ended_at >= since,
            )
            .order_by(WorkOrder.ended_at.desc())
        ).all()

    def of_machine(self, device_id: str, limit: int) -> Sequence[tuple[WorkOrder, Ticket]]:
        """Those that ended at a machine, newest first, each with its case."""
        rows = self._session.execute(
            select(WorkOrder, Ticket)
            .join(Ticket, Ticket.ticket_id == WorkOrder.ticket_id)
            .where(
                WorkOrder.tenant_id == self._tenant_id,
                Ticket.device_id == device_id,
                WorkOrder.ended_at.is_not(None),
            )
            .order_by(WorkOrder.ended_at.desc())
            .limit(limit)
        )
        return [(work, ticket) for work, ticket in rows]

    def open_counts(self) -> Mapping[UUID, int]:
        """How many work orders each technician still has; those with none are left out."""
        counted = (
            select(WorkOrder.technician_id, func.count())
            .where(WorkOrder.tenant_id == self._tenant_id, WorkOrder.state.in_(_OPEN))
            .group_by(WorkOrder.technician_id)
        )
        return {row[0]: row[1] for row in self._session.execute(counted)}

    def foreseen_counts(self, since: datetime) -> Mapping[UUID, int]:
        """How many visits to what was foreseen each technician was given since then."""
        counted = (
            select(WorkOrder.technician_id, func.count())
            .join(Ticket, Ticket.ticket_id == WorkOrder.ticket_id)
            .where(
                WorkOrder.tenant_id == self._tenant_id,
                WorkOrder.made_at >= since,
                Ticket.source == Source.PREDICTION,
            )
            .group_by(WorkOrder.technician_id)
        )
        return {row[0]: row[1] for row in self._session.execute(counted)}
