from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from tapline.errors import NotFoundError, StaleError
from tapline.outages.plans.model import PlanEntry, PlannedOutage
from tapline.people import Scope
from tapline.uow import UnitOfWork


class PlanRepository:
    """The plans of a scope."""

    def __init__(self, uow: UnitOfWork, scope: Scope) -> None:
        self._session = uow.session
        self._scope = scope

    def add(self, row: PlannedOutage | PlanEntry) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, plan_id: UUID, *, lock: bool = False) -> PlannedOutage:
        plan = self._session.get(
            PlannedOutage, plan_id, with_for_update=lock or None, populate_existing=lock
        )
        sites = self._scope.sites
        if (
            plan is None
            or plan.tenant_id != self._scope.tenant_id
            or (sites is not None and plan.site_id not in sites)
        ):
            raise NotFoundError(f"no planned outage {plan_id}")
        return plan

    def as_seen(self, plan_id: UUID, version: int) -> PlannedOutage:
        """The plan, locked, if nobody has changed it since `version`."""
        plan = self.get(plan_id, lock=True)
        if plan.version != version:
            raise StaleError("this plan was changed since you opened it: look at what changed")
        return plan

    def between(
        self,
        since: datetime,
        until: datetime | None,
        *,
        among: Collection[UUID] | None = None,
        cancelled: bool = False,
    ) -> Sequence[PlannedOutage]:
        """Plans that share time with `since` to `until`, or anything after, in their order."""
        found = select(PlannedOutage).where(
            PlannedOutage.tenant_id == self._scope.tenant_id, PlannedOutage.ends_at > since
        )
        if until is not None:
            found = found.where(PlannedOutage.starts_at < until)
        if not cancelled:
            # What was called off while it went on was planned until then.
            found = found.where(
                or_(
                    PlannedOutage.cancelled_at.is_(None),
                    PlannedOutage.cancelled_at > PlannedOutage.starts_at,
                )
            )
        for sites in (among, self._scope.sites):
            if sites is not None:
                found = found.where(PlannedOutage.site_id.in_(sites))
        return self._session.scalars(
            found.order_by(PlannedOutage.starts_at, PlannedOutage.plan_id)
        ).all()

    def untold(self) -> Sequence[PlannedOutage]:
        """Plans of which residents do not know the last word, locked."""
        return self._session.scalars(
            select(PlannedOutage)
            .where(
                PlannedOutage.tenant_id == self._scope.tenant_id,
                PlannedOutage.told_version < PlannedOutage.version,
            )
            .order_by(PlannedOutage.made_at)
            .with_for_update(skip_locked=True)
        ).all()

    def unheld(self, now: datetime) -> Sequence[PlannedOutage]:
        """Plans that are under way, of whose last word open cases do not know; locked."""
        return self._session.scalars(
            select(PlannedOutage)
            .where(
                PlannedOutage.tenant_id == self._scope.tenant_id,
                PlannedOutage.held_version < PlannedOutage.version,
                PlannedOutage.cancelled_at.is_(None),
                PlannedOutage.starts_at <= now,
                PlannedOutage.ends_at > now,
            )
            .order_by(PlannedOutage.plan_id)
            .with_for_update(skip_locked=True)
        ).all()

    def entries(self, plan_ids: Collection[UUID]) -> Mapping[UUID, list[PlanEntry]]:
        """What was announced, oldest first, by plan."""
        found: dict[UUID, list[PlanEntry]] = defaultdict(list)
        rows = self._session.scalars(
            select(PlanEntry).where(PlanEntry.plan_id.in_(plan_ids)).order_by(PlanEntry.position)
        )
        for row in rows:
            found[row.plan_id].append(row)
        return found
