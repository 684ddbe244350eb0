from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock, devices, sites
from tapline.audit import AuditEntry
from tapline.devices import Device
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.rounds.plans import rules
from tapline.rounds.plans.model import RoundKind, RoundPlan
from tapline.rounds.plans.repository import PlanRepository
from tapline.rounds.plans.rules import Item
from tapline.uow import UnitOfWork

_NAME_MAX = 60
_DAYS_MAX = 366
_PHOTOS_MAX = 3


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
    PlanRepository(uow, tenant_id).add(plan)
    _record(uow, plan, actor, "round.plan", plan.name)
    return plan


def change(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    plan_id: UUID,
    name: str,
    every_days: int,
    items: Sequence[Item],
    actor: str,
    site_ids: Sequence[UUID] = (),
    device_ids: Sequence[str] = (),
    photos_min: int = 1,
) -> RoundPlan:
    """It is done otherwise from now on; the trail keeps what it was. Said again it changes nothing.

    Nothing is late by what was not asked for before: a new rhythm, and a new machine, begin today.

    Raises:
        InvalidError: no name, a count that cannot be, or a checklist that nobody could fill in.
        NotFoundError: the plan, a site or a machine is not the tenant's.
        ConflictError: it has ended.
    """
    plan = _living(uow, tenant_id, plan_id)
    _check(name, every_days, photos_min, items)
    _check_places(uow, tenant_id, site_ids, device_ids)
    before, when_and_where = _told(uow, plan), _when_and_where(plan)
    plan.name, plan.every_days, plan.photos_min = name.strip(), every_days, photos_min
    plan.items = rules.documents(items)
    plan.site_ids, plan.device_ids = [str(one) for one in site_ids], sorted(device_ids)
    if _when_and_where(plan) != when_and_where:
        _begin_anew(plan)
    if changes := rules.changes(before, _told(uow, plan)):
        _record(uow, plan, actor, "round.change", changes)
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
        _record(uow, plan, actor, "round.pause", plan.name)
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
        _record(uow, plan, actor, "round.resume", plan.name)
    return plan


def history(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID) -> Sequence[AuditEntry]:
    """Who made and changed it, newest first."""
    return audit.about(uow, tenant_id=tenant_id, subject=_subject(plan_id))


def end(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID, actor: str) -> RoundPlan:
    """No more visits by it. Said again it changes nothing; `NotFoundError` where there is none."""
    plan = PlanRepository(uow, tenant_id).get(plan_id, lock=True)
    if plan.ended_at is None:
        plan.ended_at, plan.ended_by = clock.now(), actor
        _record(uow, plan, actor, "round.end", plan.name)
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


def _living(uow: UnitOfWork, tenant_id: str, plan_id: UUID) -> RoundPlan:
    plan = PlanRepository(uow, tenant_id).get(plan_id, lock=True)
    if plan.ended_at is not None:
        raise ConflictError("this plan has ended: plan another")
    return plan


def _when_and_where(plan: RoundPlan) -> tuple[int, list[str], list[str]]:
    return plan.every_days, sorted(plan.site_ids), sorted(plan.device_ids)


def _begin_anew(plan: RoundPlan) -> None:
    plan.first_on = max(plan.first_on, clock.business_date(clock.now()))


def _told(uow: UnitOfWork, plan: RoundPlan) -> dict[str, object]:
    """What may change of a plan, by the names that the trail gives it."""
    places = {str(one.site_id): one.name for one in sites.listed(uow, tenant_id=plan.tenant_id)}
    return {
        "名称": plan.name,
        "间隔天数": plan.every_days,
        "至少照片数": plan.photos_min,
        "站点": [places[one] for one in plan.site_ids] or ["全部"],
        "设备": list(plan.device_ids) or ["全部"],
        "检查项": [rules.asked(one) for one in rules.parsed(plan.items)],
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


def _subject(plan_id: UUID) -> str:
    return f"round_plan:{plan_id}"


def _record(uow: UnitOfWork, plan: RoundPlan, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=plan.tenant_id,
        actor=actor,
        action=action,
        subject=_subject(plan.plan_id),
        reason=reason,
    )
