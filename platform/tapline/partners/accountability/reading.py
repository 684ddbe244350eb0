"""What sides are held to answer for, as both sides read it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from tapline import reconciliation
from tapline.partners.accountability import rules
from tapline.partners.accountability.model import Responsibility, Standing
from tapline.partners.accountability.repository import ResponsibilityRepository
from tapline.partners.accountability.rules import Moment
from tapline.people import Scope
from tapline.reconciliation import Finding
from tapline.uow import UnitOfWork


class Matter(NamedTuple):
    """A responsibility and the finding it is about."""

    responsibility: Responsibility
    finding: Finding


def matters(
    uow: UnitOfWork,
    *,
    scope: Scope,
    standings: Collection[Standing],
    newest_first: bool = False,
    limit: int = 200,
) -> Sequence[Matter]:
    """What sides are held to answer for, the earliest deadline first, or the latest.

    A property's people see what is proposed to the property on their sites, and nothing else.
    """
    found = ResponsibilityRepository(uow, scope).listed(
        standings, newest_first=newest_first, limit=limit
    )
    return [Matter(*row) for row in found]


def matter(uow: UnitOfWork, *, scope: Scope, finding_id: UUID) -> Matter:
    """One of them; `NotFoundError` where nothing is proposed that the scope may see."""
    held = ResponsibilityRepository(uow, scope).get(finding_id)
    return Matter(held, reconciliation.get(uow, tenant_id=scope.tenant_id, finding_id=finding_id))


def objected(uow: UnitOfWork, *, tenant_id: str, finding_ids: Collection[UUID]) -> set[UUID]:
    """Those of these findings to which a side objects, and nobody has decided."""
    return ResponsibilityRepository(uow, Scope(tenant_id)).objected(finding_ids)


def evidence_clock(uow: UnitOfWork, *, scope: Scope, finding_id: UUID) -> list[Moment]:
    """One time line that both sides see, oldest first."""
    found = matter(uow, scope=scope, finding_id=finding_id)
    steps = ResponsibilityRepository(uow, scope).steps(finding_id)
    return rules.evidence_clock(found.finding, steps)
