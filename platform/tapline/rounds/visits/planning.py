"""Visits that fall due, those that are late, and how much of a plan is covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tapline import clock, people, policy, sites, tickets
from tapline.devices import Device
from tapline.ids import new_id
from tapline.people import Role, Staff
from tapline.rounds.plans import service as plans
from tapline.rounds.plans.model import RoundPlan
from tapline.rounds.visits import rules
from tapline.rounds.visits.model import RoundVisit, VisitState
from tapline.rounds.visits.repository import VisitRepository
from tapline.sites import closures
from tapline.sites.closures import Closure
from tapline.tickets import About, Source
from tapline.tickets.work_orders.rules import chosen
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one plan: its machines, those done within its time, and those that are late."""

    plan: RoundPlan
    machines: int
    in_time: int
    late: int
    next_on: date | None


def plan_due(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Make the visits that fall due until tomorrow, each somebody's; how many.

    May run as often as one likes. Where a site is closed, its machines are due when it opens.
    """
    visits = VisitRepository(uow, tenant_id)
    visits.be_alone()
    visits.drop_ended()
    technicians = [
        one
        for one in people.staff_of(uow, tenant_id=tenant_id)
        if one.role is Role.TECHNICIAN and one.disabled_at is None
    ]
    made = 0
    for plan in plans.listed(uow, tenant_id=tenant_id):
        if plan.paused_at is not None:
            continue
        made += _plan(uow, visits, plan, technicians)
    return made


def replan(uow: UnitOfWork, *, tenant_id: str, plan_id: UUID) -> None:
    """A plan was changed, paused, resumed or ended: what nobody has begun follows it.

    A visit that somebody has opened at its machine keeps what it began with. Others are asked as
    the plan asks now, and dropped where it does not ask for them, or only later. With an
    appointment that is still to come a visit keeps its day.

    Raises:
        NotFoundError: the tenant has no such plan.
    """
    visits = VisitRepository(uow, tenant_id)
    visits.be_alone()
    plan = plans.get(uow, tenant_id=tenant_id, plan_id=plan_id)
    rests = plan.paused_at is not None or plan.ended_at is not None
    asked = {} if rests else {one.device_id: one for one in plans.machines_of(uow, plan)}
    done = visits.last_done(plan_id)
    for visit in visits.waiting(plan_id):
        machine = asked.get(visit.device_id)
        if machine is None or not _follow(uow, plan, visit, machine, done.get(visit.device_id)):
            visit.state = VisitState.DROPPED
    uow.session.flush()
    plan_due(uow, tenant_id=tenant_id)


def _follow(
    uow: UnitOfWork, plan: RoundPlan, visit: RoundVisit, machine: Device, done_at: datetime | None
) -> bool:
    """Make a visit what its plan asks for; False where it is due later than visits are planned."""
    now = clock.now()
    visit.name, visit.items, visit.photos_min = plan.name, plan.items, plan.photos_min
    if visit.window_until is not None and visit.window_until > now:
        return True
    today, last_on = clock.business_date(now), clock.business_date(done_at) if done_at else None
    next_due = _opened(uow, machine, rules.next_due(plan.first_on, last_on, plan.every_days))
    if next_due is None:
        return False
    visit.due_on = rules.replanned(visit.due_on, next_due, today)
    visit.late_from = _late_from(uow, plan.tenant_id, visit.due_on)
    return visit.due_on <= today + rules.LEAD


def escalate(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Bring rounds that are late before the desk, each once; one case a plan and site."""
    now = clock.now()
    late = VisitRepository(uow, tenant_id).late(clock.business_date(now))
    for visit in late:
        if _closure(uow, visit, now) is not None:
            continue
        words = f"{visit.name}：{visit.device_id} 应于 {visit.due_on.isoformat()} 完成，至今未做"
        tickets.report(
            uow,
            tenant_id=tenant_id,
            category="round_late",
            about=About(
                source=Source.ROUND, device_id=visit.device_id, facts={"words": visit.name}
            ),
            actor="system",
            words=words,
            subject=f"rounds:{visit.plan_id}:{visit.site_id}",
        )
        visit.escalated_at = now
    return len(late)


def coverage(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Coverage]:
    """How far each plan in force is done, by name."""
    return [_coverage(uow, plan) for plan in plans.listed(uow, tenant_id=tenant_id)]


def _coverage(uow: UnitOfWork, plan: RoundPlan) -> Coverage:
    visits, today = VisitRepository(uow, plan.tenant_id), clock.business_date(clock.now())
    machines = {one.device_id for one in plans.machines_of(uow, plan)}
    standing = visits.standing(plan.plan_id)
    since = today - timedelta(days=plan.every_days)
    done = {
        device_id
        for device_id, at in visits.last_done(plan.plan_id).items()
        if clock.business_date(at) >= since
    }
    return Coverage(
        plan=plan,
        machines=len(machines),
        in_time=len(machines & done),
        late=sum(one.is_late(today) for one in standing.values()),
        next_on=min((one.due_on for one in standing.values()), default=None),
    )


def _plan(
    uow: UnitOfWork, visits: VisitRepository, plan: RoundPlan, technicians: Sequence[Staff]
) -> int:
    now = clock.now()
    until = clock.business_date(now) + rules.LEAD
    standing, done = visits.standing(plan.plan_id), visits.last_done(plan.plan_id)
    counts, made = dict(visits.open_counts()), 0
    codes = {one.site_id: one.code for one in sites.listed(uow, tenant_id=plan.tenant_id)}
    for machine in plans.machines_of(uow, plan):
        if machine.device_id in standing:
            continue
        at = done.get(machine.device_id)
        last_on = clock.business_date(at) if at else None
        due_on = _opened(uow, machine, rules.next_due(plan.first_on, last_on, plan.every_days))
        if due_on is None or due_on > until:
            continue
        code = codes.get(machine.site_id) if machine.site_id else None
        technician = chosen(
            technicians, site_code=code, open_counts=counts, visit_counts={}, visits_max=1
        )
        visits.add(_new(uow, plan, machine, due_on, technician))
        made += 1
        if technician is not None:
            counts[technician.staff_id] = counts.get(technician.staff_id, 0) + 1
    return made


def _new(
    uow: UnitOfWork, plan: RoundPlan, machine: Device, due_on: date, technician: Staff | None
) -> RoundVisit:
    return RoundVisit(
        visit_id=new_id(),
        tenant_id=plan.tenant_id,
        plan_id=plan.plan_id,
        device_id=machine.device_id,
        site_id=machine.site_id,
        name=plan.name,
        kind=plan.kind,
        items=plan.items,
        photos_min=plan.photos_min,
        due_on=due_on,
        late_from=_late_from(uow, plan.tenant_id, due_on),
        technician_id=technician.staff_id if technician else None,
        state=VisitState.DUE,
        made_at=clock.now(),
    )


def _late_from(uow: UnitOfWork, tenant_id: str, due_on: date) -> date:
    grace_days = policy.current(uow, tenant_id=tenant_id).round_grace_days
    return due_on + timedelta(days=grace_days + 1)


def _opened(uow: UnitOfWork, machine: Device, due_on: date) -> date | None:
    """That day, or the one on which the site that is closed then, or now, opens; None where nobody
    knows when."""
    at, now = clock.begins(due_on), clock.now()
    while closure := _closure(uow, machine, at):
        if closure.ends_at is None:
            return None
        at = closure.ends_at
    if at < now and (closure := _closure(uow, machine, now)):
        return clock.business_date(closure.ends_at) if closure.ends_at else None
    return clock.business_date(at)


def _closure(uow: UnitOfWork, place: Device | RoundVisit, at: datetime) -> Closure | None:
    if place.site_id is None:
        return None
    return closures.closed(
        uow,
        tenant_id=place.tenant_id,
        site_id=place.site_id,
        device_id=place.device_id,
        at=at,
    )
