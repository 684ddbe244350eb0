from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tapline import audit, clock, devices, sites
from tapline.devices import Device
from tapline.errors import ConflictError, InvalidError, NotFoundError, StaleError
from tapline.ids import new_id
from tapline.rounds.plans import rules
from tapline.rounds.plans.model import PlanAct, RoundKind, RoundPlan, RoundPlanEntry
from tapline.rounds.plans.repository import PlanRepository
from tapline.rounds.plans.rules import Change, Changed, Item
from tapline.uow import UnitOfWork

_NAME_MAX = 60
_DAYS_MAX = 366
_PHOTOS_MAX = 3
_ACTIONS = {
    PlanAct.PLANNED: "round.plan",
    PlanAct.CHANGED: "round.change",
    PlanAct.PAUSED: "round.pause",
    PlanAct.RESUMED: "round.resume",
    PlanAct.ENDED: "round.end",
}


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    name: str,
    kind: RoundKind,
    every_days: int,
    first_on: date,
    items: Sequence[Item],
    actor: str,
    site_ids: Sequence[UUID] = (),
    device_ids: Sequence[str] = (),
    photos_min: int = 1,
) -> RoundPlan:
    """From `first_on` on, each machine is visited every so many days.

    Raises:
        InvalidError: no name, a count that cannot be, or a checklist that nobody could fill in.
        NotFoundError: a site or machine is not the tenant's.
    """
    _check(name, every_days, photos_min, items)
    _check_places(uow, tenant_id, site_ids, device_ids)
    plan = RoundPlan(
        plan_id=new_id(),
        tenant_id=tenant_id,
        name=name.strip(),
        kind=kind,
        every_days=every_days,
        first_on=first_on,
        site_ids=[str(one) for one in site_ids],
        device_ids=sorted(device_ids),
        items=rules.documents(items),
        photos_min=photos_min,
        made_by=actor,
        made_at=clock.now(),
    )
    plan.version = 0
    PlanRepository(uow, tenant_id).add(plan)
    _note(uow, plan, PlanAct.PLANNED, actor)
    return plan


def change(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    plan_id: UUID,
    version: int,
    name: str,
    every_days: int,
    items: Sequence[Item],
    actor: str,
    site_ids: Sequence[UUID] = (),
    device_ids: Sequence[str] = (),
    photos_min: int = 1,
) -> RoundPlan:
    """It is done otherwise from now on; its entries keep what it was. Said again it changes
    nothing.

    Nothing is late by what was not asked for before: a new rhythm, and a new machine, begin today.

    Raises:
        InvalidError: no name, a count that cannot be, or a checklist that nobody could fill in.
        NotFoundError: the plan, a site or a machine is not the tenant's.
        StaleError: it was changed otherwise, or ended, since `version`.
        ConflictError: it has ended.
    """
    plan = _living(uow, tenant_id, plan_id, seen=version)
    _check(name, every_days, photos_min, items)
    _check_places(uow, tenant_id, site_ids, device_ids)
    asked: dict[Changed, Any] = {
        Changed.NAME: name.strip(),
        Changed.EVERY_DAYS: every_days,
        Changed.PHOTOS_MIN: photos_min,
        Changed.SITES: sorted(str(one) for one in site_ids),
        Changed.MACHINES: sorted(device_ids),
        Changed.ITEMS: rules.documents(items),
    }
    changes = rules.changes(_asked_now(plan), asked)
    if not changes:
        return plan
    if plan.version != version:
        raise StaleError("this plan was changed since you opened it: look at what changed")
    plan.name, plan.every_days, plan.photos_min = name.strip(), every_days, photos_min
    plan.items, plan.site_ids = asked[Changed.ITEMS], asked[Changed.SITES]
    plan.device_ids = asked[Changed.MACHINES]
    if rules.WHEN_AND_WHERE & {one.what for one in changes}:
        _begin_anew(plan)
    _note(uow, plan, PlanAct.CHANGED, actor, changes)
    return plan


def pause(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID, actor: str) -> RoundPlan:
    """Nothing falls due by it until it is resumed. Said again it changes nothing.

    Raises:
        NotFoundError: the tenant has no such plan.
        ConflictError: it has ended.
    """
    plan = _living(uow, tenant_id, plan_id)
    if plan.paused_at is None:
        plan.paused_at = clock.now()
        _note(uow, plan, PlanAct.PAUSED, actor)
    return plan


def resume(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID, actor: str) -> RoundPlan:
    """Machines fall due again, from today on: the pause made nobody late.

    Raises:
        NotFoundError: the tenant has no such plan.
        ConflictError: it has ended.
    """
    plan = _living(uow, tenant_id, plan_id)
    if plan.paused_at is not None:
        plan.paused_at = None
        _begin_anew(plan)
        _note(uow, plan, PlanAct.RESUMED, actor)
    return plan


def history(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID) -> Sequence[RoundPlanEntry]:
    """What was done to it, newest first; `NotFoundError` where the tenant has no such plan."""
    plans = PlanRepository(uow, tenant_id)
    return plans.entries(plans.get(plan_id).plan_id)


def end(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID, actor: str) -> RoundPlan:
    """No more visits by it. Said again it changes nothing; `NotFoundError` where there is none."""
    plan = PlanRepository(uow, tenant_id).get(plan_id, lock=True)
    if plan.ended_at is None:
        plan.ended_at, plan.ended_by = clock.now(), actor
        _note(uow, plan, PlanAct.ENDED, actor)
    return plan


def get(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID) -> RoundPlan:
    """One plan; `NotFoundError` where the tenant has none such."""
    return PlanRepository(uow, tenant_id).get(plan_id)


def listed(uow: UnitOfWork, *, tenant_id: str, ended: bool = False) -> Sequence[RoundPlan]:
    """The plans in force by name; or all that ever were."""
    return PlanRepository(uow, tenant_id).listed(ended=ended)


def items_of(stored: Sequence[object]) -> list[Item]:
    """The checklist of a plan or a visit, as it is stored there."""
    return rules.parsed(stored)


def machines_of(uow: UnitOfWork, plan: RoundPlan) -> Sequence[Device]:
    """The machines that it visits, by id."""
    places = [UUID(one) for one in plan.site_ids] or None
    machines = devices.listed(uow, tenant_id=plan.tenant_id, sites=places)
    return [
        one
        for one in machines
        if one.revoked_at is None and (not plan.device_ids or one.device_id in plan.device_ids)
    ]


def _living(
    uow: UnitOfWork, tenant_id: str, plan_id: UUID, *, seen: int | None = None
) -> RoundPlan:
    plan = PlanRepository(uow, tenant_id).get(plan_id, lock=True)
    if plan.ended_at is not None:
        unseen = seen is not None and seen != plan.version
        raise (StaleError if unseen else ConflictError)("this plan has ended: plan another")
    return plan


def _begin_anew(plan: RoundPlan) -> None:
    plan.first_on = max(plan.first_on, clock.business_date(clock.now()))


def _asked_now(plan: RoundPlan) -> dict[Changed, Any]:
    """What may change of a plan, as it is."""
    return {
        Changed.NAME: plan.name,
        Changed.EVERY_DAYS: plan.every_days,
        Changed.PHOTOS_MIN: plan.photos_min,
        Changed.SITES: sorted(plan.site_ids),
        Changed.MACHINES: sorted(plan.device_ids),
        Changed.ITEMS: rules.documents(rules.parsed(plan.items)),
    }


def _check(name: str, every_days: int, photos_min: int, items: Sequence[Item]) -> None:
    if not 1 <= len(name.strip()) <= _NAME_MAX:
        raise InvalidError(f"name the round in 1 to {_NAME_MAX} characters")
    if not 1 <= every_days <= _DAYS_MAX or not 0 <= photos_min <= _PHOTOS_MAX:
        raise InvalidError(f"1 to {_DAYS_MAX} days between visits, 0 to {_PHOTOS_MAX} photos")
    rules.check(items)


def _check_places(
    uow: UnitOfWork, tenant_id: str, site_ids: Sequence[UUID], device_ids: Sequence[str]
) -> None:
    known = {one.site_id for one in sites.listed(uow, tenant_id=tenant_id, among=site_ids)}
    if strangers := set(site_ids) - known:
        raise NotFoundError(f"no site {min(strangers)}")
    for device_id in device_ids:
        devices.get(uow, tenant_id=tenant_id, device_id=device_id)


def _note(
    uow: UnitOfWork, plan: RoundPlan, act: PlanAct, actor: str, changes: Sequence[Change] = ()
) -> None:
    plan.version += 1
    PlanRepository(uow, plan.tenant_id).add(
        RoundPlanEntry(
            plan_id=plan.plan_id,
            version=plan.version,
            act=act,
            changes=rules.documents(changes),
            actor=actor,
            at=clock.now(),
        )
    )
    audit.record(
        uow,
        tenant_id=plan.tenant_id,
        actor=actor,
        action=_ACTIONS[act],
        subject=f"round_plan:{plan.plan_id}",
        reason=plan.name,
    )
