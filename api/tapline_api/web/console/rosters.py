"""Schools where our cards are used: their year, their students, their machines."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile, status

from tapline import clock, sites
from tapline.files import Flaw, FlawedError, sheets
from tapline.rosters import graduations, openings, schools, students
from tapline.rosters.schools import PeriodKind
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/schools")

_FOUND = 100


@router.get("")
def schools_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Every school; a form for a new one."""
    tenant_id = member.tenant_id
    return render(
        request,
        "console/schools.html",
        member=member,
        schools=[
            (one, schools.sites_of(uow, tenant_id=tenant_id, school_id=one.school_id))
            for one in schools.listed(uow, tenant_id=tenant_id)
        ],
        sites=sites.listed(uow, tenant_id=tenant_id),
    )


@router.post("")
def add_school(
    uow: Transaction,
    member: CurrentAgent,
    name: Annotated[str, Form(min_length=1, max_length=60)],
    site: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """A new school with its sites."""
    school = schools.create(
        uow, tenant_id=member.tenant_id, name=name, site_ids=set(site or ()), actor=member.actor
    )
    return see_other(f"/console/schools/{school.school_id}")


@router.get("/{school_id}")
def school_page(
    request: Request, uow: Transaction, member: CurrentAgent, school_id: UUID, q: str = ""
) -> Response:
    """One school; `q` searches its students."""
    return _page(request, uow, member, school_id, q=q)


@router.post("/{school_id}/periods")
def add_period(
    *,
    uow: Transaction,
    member: CurrentAgent,
    school_id: UUID,
    name: Annotated[str, Form(min_length=1, max_length=60)],
    kind: Annotated[PeriodKind, Form()] = PeriodKind.TERM,
    starts_on: Annotated[date | None, Form()] = None,
    ends_on: Annotated[date | None, Form()] = None,
) -> Response:
    """A term or a holiday."""
    today = clock.business_date(clock.now())
    schools.add_period(
        uow,
        tenant_id=member.tenant_id,
        school_id=school_id,
        kind=kind,
        name=name,
        starts_on=starts_on or today,
        ends_on=ends_on or starts_on or today,
        actor=member.actor,
    )
    return see_other(f"/console/schools/{school_id}")


@router.post("/{school_id}/periods/{period_id}/remove")
def remove_period(
    uow: Transaction, member: CurrentAgent, school_id: UUID, period_id: UUID
) -> Response:
    """Strike it."""
    schools.remove_period(
        uow,
        tenant_id=member.tenant_id,
        school_id=school_id,
        period_id=period_id,
        actor=member.actor,
    )
    return see_other(f"/console/schools/{school_id}")


@router.post("/{school_id}/lists")
def upload_list(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    school_id: UUID,
    table: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A list of the school's: nothing counts before it was looked at."""
    try:
        with uow.attempt():
            draft = students.upload(
                uow,
                tenant_id=member.tenant_id,
                school_id=school_id,
                name=(table and table.filename) or "list",
                content=table.file.read(sheets.BYTES_MAX + 1) if table else b"",
                actor=member.actor,
            )
    except FlawedError as error:
        return _page(request, uow, member, school_id, flaws=error.flaws)
    return see_other(f"/console/school-lists/{draft.draft_id}")


@router.post("/{school_id}/flushes/{device_id}/{opens_on}")
def acknowledge(
    *,
    uow: Transaction,
    member: CurrentAgent,
    school_id: UUID,
    device_id: str,
    opens_on: date,
    words: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """A machine was flushed by hand, or need not be."""
    openings.acknowledge(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        opens_on=opens_on,
        actor=member.actor,
        words=words,
    )
    return see_other(f"/console/schools/{school_id}")


def _page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    school_id: UUID,
    *,
    q: str = "",
    flaws: tuple[Flaw, ...] = (),
) -> Response:
    tenant_id = member.tenant_id
    school = schools.get(uow, tenant_id=tenant_id, school_id=school_id)
    places = schools.sites_of(uow, tenant_id=tenant_id, school_id=school_id)
    return render(
        request,
        "console/school.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if flaws else status.HTTP_200_OK,
        member=member,
        school=school,
        sites=places,
        periods=schools.periods_of(uow, tenant_id=tenant_id, school_id=school_id),
        today=clock.business_date(clock.now()),
        found=students.search(uow, tenant_id=tenant_id, school_id=school_id, words=q, limit=_FOUND),
        words=q,
        classes=students.classes(uow, tenant_id=tenant_id, school_id=school_id),
        graduations=graduations.listed(uow, tenant_id=tenant_id, school_id=school_id),
        flushes=openings.listed(uow, tenant_id=tenant_id, among=[site.site_id for site in places]),
        flaws=flaws,
    )
