from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.cards.tills.model import Handover, Till
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class TillRepository:
    """Tills of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: Till | Handover) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, till_id: UUID, *, lock: bool = False) -> Till:
        till = self._session.get(
            Till, till_id, with_for_update=lock or None, populate_existing=lock
        )
        if till is None or till.tenant_id != self._tenant_id:
            raise NotFoundError(f"no till {till_id}")
        return till

    def of_staff(self, staff_id: UUID) -> Till | None:
        return self._session.scalar(
            select(Till).where(Till.tenant_id == self._tenant_id, Till.staff_id == staff_id)
        )

    def listed(self) -> Sequence[Till]:
        """By name."""
        return self._session.scalars(
            select(Till).where(Till.tenant_id == self._tenant_id).order_by(Till.name, Till.till_id)
        ).all()

    def requested(self, request_key: str) -> Handover | None:
        return self._session.scalar(
            select(Handover).where(
                Handover.tenant_id == self._tenant_id, Handover.request_key == request_key
            )
        )

    def handovers(self, limit: int) -> Sequence[Handover]:
        """Newest first."""
        return self._session.scalars(
            select(Handover)
            .where(Handover.tenant_id == self._tenant_id)
            .order_by(Handover.handover_id.desc())
            .limit(limit)
        ).all()
