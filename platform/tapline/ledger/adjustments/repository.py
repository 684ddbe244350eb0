from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.ledger.adjustments.model import Adjustment, AdjustmentState
from tapline.uow import UnitOfWork


class AdjustmentRepository:
    """The adjustments of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, adjustment: Adjustment) -> None:
        self._session.add(adjustment)
        self._session.flush()

    def find(self, adjustment_id: UUID, *, lock: bool = False) -> Adjustment | None:
        """One adjustment; `lock` keeps others from deciding about it meanwhile."""
        query = select(Adjustment).where(
            Adjustment.tenant_id == self._tenant_id, Adjustment.adjustment_id == adjustment_id
        )
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(query).one_or_none()

    def get(self, adjustment_id: UUID, *, lock: bool = False) -> Adjustment:
        """`find`, or `NotFoundError`."""
        found = self.find(adjustment_id, lock=lock)
        if found is None:
            raise NotFoundError(f"no adjustment {adjustment_id}")
        return found

    def listed(self, states: Collection[AdjustmentState], limit: int) -> Sequence[Adjustment]:
        """Newest first."""
        return self._session.scalars(
            select(Adjustment)
            .where(Adjustment.tenant_id == self._tenant_id, Adjustment.state.in_(states))
            .order_by(Adjustment.proposed_at.desc(), Adjustment.adjustment_id.desc())
            .limit(limit)
        ).all()
