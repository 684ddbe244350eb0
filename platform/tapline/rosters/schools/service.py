from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock, sites
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.rosters.schools import rules
from tapline.rosters.schools.model import PeriodKind, School, SchoolPeriod, SchoolSite
from tapline.rosters.schools.repository import SchoolRepository
from tapline.sites import closures
from tapline.uow import UnitOfWork

_YEAR_DAYS = 366


def create(
    uow: UnitOfWork, *, tenant_id: str, name: str, site_ids: Collection[UUID], actor: str
) -> School:
    """Make a school known, with the sites where its machines stand.

    Raises:
        InvalidError: no name, or no site.
        NotFoundError: a site is not the tenant's.
        ConflictError: the name is taken, or a site is another school's.
    """
    name = name.strip()
    if not name or not site_ids:
        raise InvalidError("give the school's name and at least one site of it")
    schools = SchoolRepository(uow, tenant_id)
    schools.be_alone()
    if schools.named(name) is not None:
        raise ConflictError(f"{name} exists")
    known = {site.site_id: site for site in sites.listed(uow, tenant_id=tenant_id, among=site_ids)}
    if strangers := set(site_ids) - known.keys():
        raise NotFoundError(f"no site {min(strangers)}")
    if taken := schools.at_sites(site_ids):
        raise ConflictError(f"{known[min(taken)].name} belongs to another school already")
    school = School(school_id=new_id(), tenant_id=tenant_id, name=name, created_at=clock.now())
    places = [
        SchoolSite(site_id=one, school_id=school.school_id, tenant_id=tenant_id)
        for one in sorted(known)
    ]
    schools.add(school, *places)
    _record(uow, school, actor, "school.create")
    return school


def get(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> School:
    """One school; `NotFoundError` where the tenant has none such."""
    return SchoolRepository(uow, tenant_id).get(school_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[School]:
    """The tenant's schools by name."""
    return SchoolRepository(uow, tenant_id).listed()


def sites_of(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> Sequence[sites.Site]:
    """Where a school's machines stand."""
    among = SchoolRepository(uow, tenant_id).site_ids(school_id)
    return sites.listed(uow, tenant_id=tenant_id, among=among)


def periods_of(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> Sequence[SchoolPeriod]:
    """The school's terms and holidays in order."""
    return SchoolRepository(uow, tenant_id).periods(school_id)


def add_period(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    school_id: UUID,
    kind: PeriodKind,
    name: str,
    starts_on: date,
    ends_on: date,
    actor: str,
) -> SchoolPeriod:
    """Note a term or a holiday.

    Raises:
        NotFoundError: the tenant has no such school.
        InvalidError: it ends before it starts, is longer than a year, or has no name.
        ConflictError: it shares days with another of its kind.
    """
    if not name.strip():
        raise InvalidError("name it, e.g. 2026 年秋季学期")
    if not 0 <= (ends_on - starts_on).days <= _YEAR_DAYS:
        raise InvalidError(f"{starts_on} to {ends_on} is no period of up to a year: check the days")
    schools = SchoolRepository(uow, tenant_id)
    school = schools.get(school_id, lock=True)
    rival = rules.overlapping(schools.periods(school_id), kind, starts_on, ends_on)
    if rival is not None:
        raise ConflictError(f"{rival.name} has some of these days already: change that first")
    period = SchoolPeriod(
        period_id=new_id(),
        tenant_id=tenant_id,
        school_id=school_id,
        kind=kind,
        name=name.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    schools.add(period)
    follow(uow, school)
    _record(uow, school, actor, "school.period", f"{period.name} {starts_on} to {ends_on}")
    return period


def remove_period(
    uow: UnitOfWork, *, tenant_id: str, school_id: UUID, period_id: UUID, actor: str
) -> None:
    """Strike a term or a holiday; `NotFoundError` where the school has none such."""
    schools = SchoolRepository(uow, tenant_id)
    school = schools.get(school_id, lock=True)
    period = schools.period(school_id, period_id)
    schools.remove(period)
    follow(uow, school)
    _record(uow, school, actor, "school.period_back", period.name)


def follow(uow: UnitOfWork, school: School) -> None:
    """Have the closures of a school's sites be the days on which its students are away."""
    schools = SchoolRepository(uow, school.tenant_id)
    spans = [
        closures.Span(
            clock.begins(one.starts_on),
            None if one.returns_on is None else clock.begins(one.returns_on),
            one.name or school.name,
        )
        for one in rules.absences(schools.periods(school.school_id))
    ]
    for site_id in schools.site_ids(school.school_id):
        closures.mirror(
            uow,
            tenant_id=school.tenant_id,
            site_id=site_id,
            source=f"school:{school.school_id}",
            spans=spans,
        )


def students_away(
    uow: UnitOfWork, *, tenant_id: str, site_ids: Collection[UUID], day: date
) -> set[UUID]:
    """Those of these sites whose students are away on `day`: nobody draws water there."""
    schools = SchoolRepository(uow, tenant_id)
    at = schools.at_sites(site_ids)
    away = {one for one in set(at.values()) if rules.is_away(schools.periods(one), day)}
    return {site_id for site_id, school_id in at.items() if school_id in away}


def _record(uow: UnitOfWork, school: School, actor: str, action: str, reason: str = "") -> None:
    audit.record(
        uow,
        tenant_id=school.tenant_id,
        actor=actor,
        action=action,
        subject=f"school:{school.school_id}",
        reason=reason,
    )
