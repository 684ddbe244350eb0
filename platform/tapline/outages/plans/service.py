from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tapline import audit, clock, devices, policy, sites
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.events import PlannedOutageBegun, PlannedOutageChanged
from tapline.ids import new_id
from tapline.outages.plans import rules
from tapline.outages.plans.model import EntryKind, PlanEntry, PlannedOutage
from tapline.outages.plans.repository import PlanRepository
from tapline.outages.plans.rules import Wish
from tapline.outages.spans import Span
from tapline.people import Role, Scope, Staff
from tapline.uow import UnitOfWork

_PLANNERS = frozenset({Role.MANAGER, Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
_AT_ONCE = timedelta(0)


def plan(
    uow: UnitOfWork, *, scope: Scope, staff: Staff, site_id: UUID, wish: Wish
) -> PlannedOutage:
    """Announce works on a site; residents are told, and its machines raise no alarm meanwhile.

    Raises:
        DeniedError: the role plans nothing.
        NotFoundError: the scope has no such site.
        InvalidError: the times cannot be, nobody says why, or a machine stands elsewhere.
    """
    _check_planner(staff)
    if not sites.listed(uow, tenant_id=scope.tenant_id, among=scope.only(site_id).sites or ()):
        raise NotFoundError(f"no site {site_id}")
    now = clock.now()
    rules.check(wish, now)
    _check_machines(uow, scope, site_id, wish.device_ids)
    made = PlannedOutage(
        plan_id=new_id(),
        tenant_id=scope.tenant_id,
        site_id=site_id,
        device_ids=list(wish.device_ids),
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        reason=wish.reason.strip(),
        made_by=staff.login,
        made_at=now,
        version=0,
        told_version=0,
        held_version=0,
    )
    PlanRepository(uow, scope).add(made)
    _announce(uow, scope, made, EntryKind.PLANNED, staff)
    return made


def change(
    uow: UnitOfWork, *, scope: Scope, staff: Staff, plan_id: UUID, version: int, wish: Wish
) -> PlannedOutage:
    """Announce other times; of works that have begun only their end can change.

    Raises:
        DeniedError: the role plans nothing.
        NotFoundError: the scope has no such plan.
        InvalidError: the times cannot be, nobody says why, or a machine stands elsewhere.
        StaleError: it was changed since `version`.
        ConflictError: it is over, or called off.
    """
    _check_planner(staff)
    found = PlanRepository(uow, scope).as_seen(plan_id, version)
    now = clock.now()
    _check_open(found, now)
    if found.starts_at <= now:
        wish = Wish(
            starts_at=found.starts_at,
            ends_at=wish.ends_at,
            reason=wish.reason,
            device_ids=tuple(found.device_ids),
        )
        if wish.ends_at <= now:
            raise InvalidError("the new end is over: end the works instead")
        rules.check(wish, wish.starts_at)
    else:
        rules.check(wish, now)
    _check_machines(uow, scope, found.site_id, wish.device_ids)
    begun_later = found.starts_at <= now and wish.ends_at > found.ends_at
    found.starts_at, found.ends_at = wish.starts_at, wish.ends_at
    found.reason, found.device_ids = wish.reason.strip(), list(wish.device_ids)
    kind = EntryKind.PROLONGED if begun_later else EntryKind.CHANGED
    _announce(uow, scope, found, kind, staff)
    return found


def cancel(
    uow: UnitOfWork, *, scope: Scope, staff: Staff, plan_id: UUID, version: int
) -> PlannedOutage:
    """They do not take place; or, once begun, they are over. Who was told is told.

    Raises:
        DeniedError: the role plans nothing.
        NotFoundError: the scope has no such plan.
        StaleError: it was changed since `version`.
        ConflictError: it is over, or called off.
    """
    _check_planner(staff)
    found = PlanRepository(uow, scope).as_seen(plan_id, version)
    now = clock.now()
    _check_open(found, now)
    found.cancelled_at = now
    if found.starts_at < now:
        found.ends_at = now
    _announce(uow, scope, found, EntryKind.CANCELLED, staff)
    return found


def get(uow: UnitOfWork, *, scope: Scope, plan_id: UUID) -> PlannedOutage:
    """One plan of the scope; else `NotFoundError`."""
    return PlanRepository(uow, scope).get(plan_id)


def history(uow: UnitOfWork, *, scope: Scope, plan_id: UUID) -> Sequence[PlanEntry]:
    """What was announced of a plan, oldest first; `NotFoundError` where the scope has none such."""
    plans = PlanRepository(uow, scope)
    return plans.entries([plans.get(plan_id).plan_id])[plan_id]


def listed(
    uow: UnitOfWork,
    *,
    scope: Scope,
    since: datetime,
    until: datetime | None = None,
    among: Collection[UUID] | None = None,
    cancelled: bool = False,
) -> Sequence[PlannedOutage]:
    """Plans that share time with `since` to `until`, or anything after, in their order.

    Those called off before they began only where `cancelled` are asked for; `among` are sites.
    """
    return PlanRepository(uow, scope).between(since, until, among=among, cancelled=cancelled)


def covering(
    uow: UnitOfWork, *, tenant_id: str, at: datetime, lag: timedelta = _AT_ONCE
) -> Sequence[PlannedOutage]:
    """Plans that are under way at `at`, or ended at most `lag` before."""
    found = PlanRepository(uow, Scope(tenant_id)).between(at - lag, at)
    return [one for one in found if one.starts_at <= at]


def settled(
    uow: UnitOfWork, *, scope: Scope, since: datetime, until: datetime
) -> list[tuple[PlannedOutage, list[Span]]]:
    """Plans that share time with these moments, with the part of each announced in time, by the
    policy under which it was made: what was owed for a standstill is not reckoned anew by another.
    """
    plans = PlanRepository(uow, scope)
    found = plans.between(since, until)
    said = plans.entries([one.plan_id for one in found])
    in_force = {
        one.plan_id: policy.on(uow, tenant_id=scope.tenant_id, moment=one.made_at) for one in found
    }
    return [
        (
            one,
            rules.announced_in_time(
                one.starts_at, one.ends_at, said[one.plan_id], in_force[one.plan_id]
            ),
        )
        for one in found
    ]


def sweep(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Say once of each plan, and once more where it was prolonged, that it is under way."""
    for one in PlanRepository(uow, Scope(tenant_id)).unheld(clock.now()):
        one.held_version = one.version
        uow.emit(PlannedOutageBegun(tenant_id=tenant_id, plan_id=one.plan_id))


def _announce(
    uow: UnitOfWork, scope: Scope, plan_: PlannedOutage, kind: EntryKind, staff: Staff
) -> None:
    plan_.version += 1
    PlanRepository(uow, scope).add(
        PlanEntry(
            plan_id=plan_.plan_id,
            kind=kind,
            starts_at=plan_.starts_at,
            ends_at=plan_.ends_at,
            device_ids=list(plan_.device_ids),
            reason=plan_.reason,
            actor=staff.login,
            at=clock.now(),
        )
    )
    audit.record(
        uow,
        tenant_id=plan_.tenant_id,
        actor=staff.login,
        action=f"outage.{kind.value}",
        subject=f"site:{plan_.site_id}",
        reason=plan_.reason,
    )
    uow.emit(PlannedOutageChanged(tenant_id=plan_.tenant_id, plan_id=plan_.plan_id))


def _check_planner(staff: Staff) -> None:
    if staff.role not in _PLANNERS:
        raise DeniedError("a property manager or the desk plans outages: ask one")


def _check_open(found: PlannedOutage, now: datetime) -> None:
    if found.cancelled_at is not None:
        raise ConflictError("it was called off: plan it anew")
    if found.ends_at <= now:
        raise ConflictError("it is over: plan what is still to come anew")


def _check_machines(
    uow: UnitOfWork, scope: Scope, site_id: UUID, device_ids: Collection[str]
) -> None:
    there = devices.listed(uow, tenant_id=scope.tenant_id, sites=[site_id])
    if strange := sorted(set(device_ids) - {one.device_id for one in there}):
        raise InvalidError(f"{strange[0]} does not stand on this site: choose from its machines")
