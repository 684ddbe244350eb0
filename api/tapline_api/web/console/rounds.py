"""Rounds: what is planned, how far it is done, and what was found."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import clock, devices, rounds, sites
from tapline.errors import NotFoundError
from tapline.people import Scope
from tapline.rounds import plans
from tapline.rounds.plans import AnswerKind, Item, RoundKind
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

_LINES = 8
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
    rows = rounds_sheet.table(found, formats_of(request))
    return exports.excel(uow, member, name=f"rounds-{today.isoformat()}", rows=rows)


@router.get("/new")
def new(
    request: Request, uow: Transaction, member: Operator, kind: RoundKind = RoundKind.INSPECTION
) -> Response:
    """A plan to fill in, begun with what such a round usually looks at."""
    usual = plans.USUAL[kind]
    return render(
        request,
        "console/round_new.html",
        member=member,
        kind=kind,
        kinds=list(RoundKind),
        items=[*usual, *[None] * (_LINES - len(usual))],
        sites=sites.listed(uow, tenant_id=member.tenant_id),
        machines=devices.listed(uow, tenant_id=member.tenant_id),
        today=clock.business_date(clock.now()),
    )


@router.post("")
def create(
    *,
    uow: Transaction,
    member: Operator,
    name: Annotated[str, Form(max_length=60)],
    kind: Annotated[RoundKind, Form()],
    every_days: Annotated[int, Form()],
    first_on: Annotated[date, Form()],
    photos_min: Annotated[int, Form()] = 1,
    site: Annotated[list[UUID] | None, Form()] = None,
    machine: Texts = None,
    text: Texts = None,
    answer: Texts = None,
    least: Texts = None,
    most: Texts = None,
    unit: Texts = None,
    photo: Texts = None,
) -> Response:
    """From now on machines fall due by it."""
    columns = [one or [] for one in (text, answer, least, most, unit, photo)]
    items = [_item(line) for line in zip(*columns, strict=False) if line[0].strip()]
    plans.create(
        uow,
        tenant_id=member.tenant_id,
        name=name,
        kind=kind,
        every_days=every_days,
        first_on=first_on,
        items=items,
        actor=member.actor,
        site_ids=site or [],
        device_ids=[one for one in machine or [] if one],
        photos_min=photos_min,
    )
    rounds.visits.plan_due(uow, tenant_id=member.tenant_id)
    return see_other("/console/rounds")


@router.post("/{plan_id}/end")
def end(uow: Transaction, member: Operator, plan_id: UUID) -> Response:
    """No more visits by this plan."""
    plans.end(uow, tenant_id=member.tenant_id, plan_id=plan_id, actor=member.actor)
    rounds.visits.plan_due(uow, tenant_id=member.tenant_id)
    return see_other("/console/rounds")


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


def _item(line: Sequence[str]) -> Item:
    """A line of the form: text, answer, least, most, unit, whether a photo shows it."""
    text, answer, least, most, unit, photo = line
    is_number = answer == AnswerKind.NUMBER.value
    return Item(
        text=text.strip(),
        answer=AnswerKind.NUMBER if is_number else AnswerKind.YES_NO,
        least=plans.read_limit(least) if is_number else None,
        most=plans.read_limit(most) if is_number else None,
        unit=unit.strip() if is_number else "",
        photo=photo == "yes",
    )
