"""A round at a machine: it begins at the label, and ends with answers and photos."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, File, Form, Request, Response, UploadFile, status

from tapline import clock, devices, rounds, sites
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.rounds import plans
from tapline.rounds.visits import RoundVisit
from tapline.tickets.work_orders.obstacles import Appointment, Obstacle
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.field.doors import Technician
from tapline_api.web.photos import PHOTOS_MAX, kept, shown

router = APIRouter(prefix="/rounds/{visit_id}")

CAMERA = {"Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()"}
"""Of the pages on which a label is read."""

RequestKey = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
DOORS = (Obstacle.LOCKED_ROOM, Obstacle.GUARD_REFUSED, Obstacle.POWER_OFF)
"""What may be in the way of a round, which needs no part."""


@router.get("")
def round_page(request: Request, uow: Transaction, member: Technician, visit_id: UUID) -> Response:
    """What is looked at, at which machine."""
    return _page(request, uow, member, visit_id)


@router.post("/open")
def open_(
    request: Request,
    uow: Transaction,
    member: Technician,
    visit_id: UUID,
    code: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """He stands at the machine."""
    return _acted(
        request,
        uow,
        member,
        visit_id,
        lambda: rounds.visits.open_at(
            uow,
            tenant_id=member.tenant_id,
            visit_id=visit_id,
            technician=member.staff,
            code=code,
        ),
        code=code,
    )


@router.post("/finish")
def finish(
    *,
    request: Request,
    uow: Transaction,
    member: Technician,
    visit_id: UUID,
    request_key: RequestKey,
    answer: Annotated[list[str] | None, Form()] = None,
    words: Annotated[str, Form(max_length=500)] = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """What he found, and what it looks like."""
    return _acted(
        request,
        uow,
        member,
        visit_id,
        lambda: rounds.visits.finish(
            uow,
            tenant_id=member.tenant_id,
            visit_id=visit_id,
            technician=member.staff,
            given=answer or [],
            words=words,
            file_ids=kept(uow, member.tenant_id, photos or []),
            request_key=request_key,
        ),
        then="/field",
    )


@router.post("/postpone")
def postpone(
    *,
    request: Request,
    uow: Transaction,
    member: Technician,
    visit_id: UUID,
    request_key: RequestKey,
    obstacle: Annotated[Obstacle, Form()],
    agreed_on: Annotated[date, Form()],
    begins: Annotated[time, Form()],
    ends: Annotated[time, Form()],
    words: Annotated[str, Form(max_length=500)] = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """He was not let in, or the power is off."""
    return _acted(
        request,
        uow,
        member,
        visit_id,
        lambda: rounds.visits.postpone(
            uow,
            tenant_id=member.tenant_id,
            visit_id=visit_id,
            technician=member.staff,
            obstacle=obstacle,
            appointment=appointment(agreed_on, begins, ends),
            words=words,
            request_key=request_key,
            file_ids=kept(uow, member.tenant_id, photos or []),
        ),
        then="/field",
    )


@router.post("/correct")
def correct(
    *,
    request: Request,
    uow: Transaction,
    member: Technician,
    visit_id: UUID,
    request_key: RequestKey,
    answer: Annotated[list[str] | None, Form()] = None,
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """He wrote down something wrong, and puts it right."""
    _own(uow, member, visit_id)
    return _acted(
        request,
        uow,
        member,
        visit_id,
        lambda: rounds.visits.correct(
            uow,
            tenant_id=member.tenant_id,
            visit_id=visit_id,
            staff=member.staff,
            given=answer or [],
            words=words,
            request_key=request_key,
        ),
    )


@router.get("/photos/{file_id}")
def photo(uow: Transaction, member: Technician, visit_id: UUID, file_id: UUID) -> Response:
    """A photo of the visit."""
    entries = rounds.visits.entries_of(uow, tenant_id=member.tenant_id, visit_ids=[visit_id])
    if all(str(file_id) not in entry.file_ids for entry in entries[visit_id]):
        raise NotFoundError("no such photo")
    return shown(uow, member.tenant_id, file_id)


def appointment(day: date, begins: time, ends: time) -> Appointment:
    """A time of a business day."""
    return Appointment(
        datetime.combine(day, begins, clock.BUSINESS_ZONE),
        datetime.combine(day, ends, clock.BUSINESS_ZONE),
    )


def _own(uow: UnitOfWork, member: Member, visit_id: UUID) -> RoundVisit:
    """One that he did himself; what others did only they or the desk correct."""
    visit = rounds.visits.get(uow, tenant_id=member.tenant_id, visit_id=visit_id)
    if visit.done_by != member.staff.login:
        raise NotFoundError(f"no visit {visit_id}")
    return visit


def _acted(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    visit_id: UUID,
    act: Callable[[], RoundVisit],
    *,
    code: str = "",
    then: str | None = None,
) -> Response:
    """Do it and go on; where it cannot be, show the visit and say why."""
    try:
        with uow.attempt():
            act()
    except (ConflictError, InvalidError) as error:
        named = rounds.visits.device_named(code) if code else ""
        return _page(request, uow, member, visit_id, why=error.code, named=named)
    return see_other(then or f"/field/rounds/{visit_id}")


def _page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    visit_id: UUID,
    *,
    why: str = "",
    named: str = "",
) -> Response:
    tenant_id = member.tenant_id
    visit = rounds.visits.get(uow, tenant_id=tenant_id, visit_id=visit_id)
    entries = rounds.visits.entries_of(uow, tenant_id=tenant_id, visit_ids=[visit_id])
    places = sites.listed(uow, tenant_id=tenant_id, among=[visit.site_id] if visit.site_id else [])
    codes = {"": status.HTTP_200_OK, "invalid": status.HTTP_422_UNPROCESSABLE_CONTENT}
    return render(
        request,
        "field/round.html",
        status_code=codes.get(why, status.HTTP_409_CONFLICT),
        headers=CAMERA,
        member=member,
        visit=visit,
        items=plans.items_of(visit.items),
        entries=entries[visit_id],
        device=devices.get(uow, tenant_id=tenant_id, device_id=visit.device_id),
        site=places[0] if places else None,
        today=clock.business_date(clock.now()),
        others=_there(uow, member, visit, named),
        obstacles=DOORS,
        photos_max=PHOTOS_MAX,
        request_key=uuid4().hex,
        why=why,
        named=named,
    )


def _there(uow: UnitOfWork, member: Member, visit: RoundVisit, named: str) -> list[RoundVisit]:
    """What is due at the machine whose label was read instead."""
    if not named or named == visit.device_id.upper():
        return []
    found = rounds.visits.at_machine(uow, tenant_id=member.tenant_id, device_id=named)
    return [one for one in found if one.state.is_open]
