"""Texts to residents: each piece of news once, and none at night."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from tapline import clock, notices, people, policy, sites
from tapline.outages.incidents.repository import IncidentRepository
from tapline.outages.incidents.words import when
from tapline.outages.plans.model import EntryKind, PlannedOutage
from tapline.outages.plans.repository import PlanRepository
from tapline.outages.residents import rules
from tapline.outages.residents.repository import ResidentRepository
from tapline.people import Scope
from tapline.policy import Policy
from tapline.uow import UnitOfWork


def send(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Tell residents what they do not know yet of works and outages; at night it waits.

    What was taken back before anybody was told is never told.
    """
    in_force = policy.current(uow, tenant_id=tenant_id)
    if rules.is_quiet(clock.now(), in_force):
        return
    plans = PlanRepository(uow, Scope(tenant_id))
    for plan in plans.untold():
        _tell_of_plan(uow, plans, plan, in_force)
    for incident in IncidentRepository(uow, tenant_id).unsent():
        incident.sent_at = clock.now()
        if incident.ended_at is None and incident.site_id and incident.words:
            _text(
                uow,
                tenant_id,
                incident.site_id,
                (),
                key=f"outage:{incident.incident_id}",
                words=incident.words,
                in_force=in_force,
            )


def _tell_of_plan(
    uow: UnitOfWork, plans: PlanRepository, plan: PlannedOutage, in_force: Policy
) -> None:
    told_before, plan.told_version = plan.told_version > 0, plan.version
    entries = plans.entries([plan.plan_id])[plan.plan_id]
    last = entries[-1]
    cancelled = last.kind is EntryKind.CANCELLED
    if (cancelled and not told_before) or (not cancelled and plan.ends_at <= clock.now()):
        return
    kind = last.kind if told_before else EntryKind.PLANNED
    # Whoever was told of a machine that is no longer meant is told as well.
    meant = [one.device_ids for one in entries]
    machines = () if [] in meant else {name for names in meant for name in names}
    _text(
        uow,
        plan.tenant_id,
        plan.site_id,
        machines,
        key=f"planned:{plan.plan_id}:{plan.version}",
        words=_words(uow, plan, kind),
        in_force=in_force,
    )


def _words(uow: UnitOfWork, plan: PlannedOutage, kind: EntryKind) -> str:
    (site,) = sites.listed(uow, tenant_id=plan.tenant_id, among=[plan.site_id])
    count = f" {len(plan.device_ids)} 台" if plan.device_ids else ""
    where = f"{site.name}{count}饮水机"
    times = f"{when(plan.starts_at)}至{when(plan.ends_at)}"
    match kind:
        case EntryKind.PLANNED:
            return f"{where}将于{times}暂停供水：{plan.reason}。给您带来不便，敬请谅解。"
        case EntryKind.CHANGED:
            return f"{where}停水时间改为{times}：{plan.reason}。给您带来不便，敬请谅解。"
        case EntryKind.PROLONGED:
            return f"{where}停水延长至{when(plan.ends_at)}：{plan.reason}。给您带来不便，敬请谅解。"
        case EntryKind.CANCELLED if plan.ends_at <= clock.now():
            return f"{where}停水检修已提前结束，可照常取水。"
        case EntryKind.CANCELLED:
            return f"{where}原定{when(plan.starts_at)}的停水已取消，可照常取水。"


def _text(
    uow: UnitOfWork,
    tenant_id: str,
    site_id: UUID,
    device_ids: Collection[str],
    *,
    key: str,
    words: str,
    in_force: Policy,
) -> None:
    since = clock.now() - timedelta(days=in_force.outage_audience_days)
    residents = ResidentRepository(uow, tenant_id).seen_at(site_id, device_ids, since)
    # One telephone is told once, whoever's cards answer to it.
    for phone in sorted({people.contact_phone(one) for one in residents}):
        notices.queue_sms(
            uow, tenant_id=tenant_id, dedupe_key=f"{key}:{phone}", phone=phone, text=words
        )
