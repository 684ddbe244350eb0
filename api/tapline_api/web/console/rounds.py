"""Rounds: how far they are done, and what was found."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import clock, devices, rounds
from tapline.errors import NotFoundError
from tapline.people import Scope
from tapline.rounds import plans
from tapline.tickets.work_orders import obstacles
from tapline_api import exports
from tapline_api.deps import Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import rounds_sheet
from tapline_api.web.console.doors import Operator
from tapline_api.web.photos import shown as photo_shown

router = APIRouter(prefix="/rounds")

_DAYS = 31
Days = Annotated[int, Query(ge=1, le=366)]
Texts = Annotated[list[str] | None, Form()]


@router.get("")
def page(request: Request, uow: Transaction, member: Operator, days: Days = _DAYS) -> Response:
    """Coverage of each plan, visits late and lately, parts that visits wait for."""
    today = clock.business_date(clock.now())
    found = rounds_sheet.shown(
        uow, Scope(member.tenant_id), today - timedelta(days=days), today + timedelta(days=1)
    )
    return render(
        request,
        "console/rounds.html",
        member=member,
        coverage=rounds.visits.coverage(uow, tenant_id=member.tenant_id),
        visits=found[:200],
        parts=obstacles.open_parts(uow, tenant_id=member.tenant_id),
        today=today,
        days=days,
    )


@router.get("/excel")
def excel(request: Request, uow: Transaction, member: Operator, days: Days = _DAYS) -> Response:
    """The visits of the last days as a table."""
    today = clock.business_date(clock.now())
    found = rounds_sheet.shown(
        uow, Scope(member.tenant_id), today - timedelta(days=days), today + timedelta(days=1)
    )
    rows = rounds_sheet.table(found, member.people, formats_of(request))
    return exports.excel(uow, member, name=f"rounds-{today.isoformat()}", rows=rows)


@router.post("/parts/{setback_id}")
def part_came(uow: Transaction, member: Operator, setback_id: UUID) -> Response:
    """A part that a visit waits for is there."""
    obstacles.part_came(uow, tenant_id=member.tenant_id, setback_id=setback_id, actor=member.actor)
    return see_other("/console/rounds#parts")


@router.get("/visits/{visit_id}")
def visit(request: Request, uow: Transaction, member: Operator, visit_id: UUID) -> Response:
    """What was found at one visit, with every correction."""
    found = rounds.visits.get(uow, tenant_id=member.tenant_id, visit_id=visit_id)
    entries = rounds.visits.entries_of(uow, tenant_id=member.tenant_id, visit_ids=[visit_id])
    return render(
        request,
        "console/round_visit.html",
        member=member,
        visit=found,
        items=plans.items_of(found.items),
        entries=entries[visit_id],
        device=devices.get(uow, tenant_id=member.tenant_id, device_id=found.device_id),
        today=clock.business_date(clock.now()),
        request_key=uuid4().hex,
    )


@router.post("/visits/{visit_id}/correct")
def correct(
    *,
    uow: Transaction,
    member: Operator,
    visit_id: UUID,
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    words: Annotated[str, Form(max_length=500)],
    answer: Texts = None,
) -> Response:
    """A better entry after one with a mistake."""
    rounds.visits.correct(
        uow,
        tenant_id=member.tenant_id,
        visit_id=visit_id,
        staff=member.staff,
        given=answer or [],
        words=words,
        request_key=request_key,
    )
    return see_other(f"/console/rounds/visits/{visit_id}")


@router.get("/visits/{visit_id}/photos/{file_id}")
def photo_of(uow: Transaction, member: Operator, visit_id: UUID, file_id: UUID) -> Response:
    """A photo of a visit."""
    entries = rounds.visits.entries_of(uow, tenant_id=member.tenant_id, visit_ids=[visit_id])
    if all(str(file_id) not in one.file_ids for one in entries[visit_id]):
        raise NotFoundError("no such photo")
    return photo_shown(uow, member.tenant_id, file_id)
