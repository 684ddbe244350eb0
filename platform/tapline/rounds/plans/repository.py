from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.rounds.plans.model import RoundPlan, RoundPlanEntry
from tapline.uow import UnitOfWork


class PlanRepository:
    """The plans of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: RoundPlan | RoundPlanEntry) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, plan_id: UUID, *, lock: bool = False) -> RoundPlan:
        plan = self._session.get(
            RoundPlan, plan_id, with_for_update=lock or None, populate_existing=lock
        )
        if plan is None or plan.tenant_id != self._tenant_id:
            raise NotFoundError(f"no plan {plan_id}")
        return plan

    def listed(self, *, ended: bool) -> Sequence[RoundPlan]:
        """By name; with those that ended, if they are wanted."""
        plans = select(RoundPlan).where(RoundPlan.tenant_id == self._tenant_id)
        if not ended:
            plans = plans.where(RoundPlan.ended_at.is_(None))
        return self._session.scalars(plans.order_by(RoundPlan.name, RoundPlan.made_at)).all()

    def entries(self, plan_id: UUID) -> Sequence[RoundPlanEntry]:
        """Newest first."""
        return self._session.scalars(
            select(RoundPlanEntry)
            .where(RoundPlanEntry.plan_id == plan_id)
            .order_by(RoundPlanEntry.version.desc())
        ).all()
