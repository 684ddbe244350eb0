"""Machines whose silence nobody need wonder at: works are planned, or the house is shut."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline.outages import plans
from tapline.sites import closures
from tapline.uow import UnitOfWork

_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Shelter:
    """What is sheltered at a moment."""

    machines: frozenset[tuple[UUID, str | None]]
    """Sites with a machine; with None all of the site."""

    def covers(self, site_id: UUID | None, device_id: str) -> bool:
        """Whether this machine is."""
        if site_id is None:
            return False
        return (site_id, None) in self.machines or (site_id, device_id) in self.machines


def shelter_at(
    uow: UnitOfWork, *, tenant_id: str, at: datetime, lag: timedelta = _AT_ONCE
) -> Shelter:
    """The shelter at `at`; `lag` is how long after works machines may take to be there again."""
    found: set[tuple[UUID, str | None]] = set()
    for plan in plans.covering(uow, tenant_id=tenant_id, at=at, lag=lag):
        found |= {(plan.site_id, name) for name in plan.device_ids or [None]}
    for closure in closures.listed(uow, tenant_id=tenant_id, since=at - lag, until=at):
        if closure.began_at <= at:
            found.add((closure.site_id, closure.device_id))
    return Shelter(frozenset(found))
