"""Plans of rounds: made, changed, paused and ended."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response, status

from tapline import clock, devices, rounds, sites
from tapline.errors import StaleError
from tapline.rounds import plans
from tapline.rounds.plans import AnswerKind, Item, RoundKind, RoundPlan
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/rounds")

_LINES = 8
Texts = Annotated[list[str] | None, Form()]


class _Asked(NamedTuple):
    """What a plan asks for, as the form has it; by the names of `plans.create`."""

    name: str
    every_days: int
    photos_min: int
    items: list[Item]
    site_ids: list[UUID]
    device_ids: list[str]


def _asked(
    *,
    name: Annotated[str, Form(max_length=60)],
    every_days: Annotated[int, Form()],
    photos_min: Annotated[int, Form()] = 1,
    site: Annotated[list[UUID] | None, Form()] = None,
    machine: Texts = None,
    text: Texts = None,
    answer: Texts = None,
    least: Texts = None,
    most: Texts = None,
    unit: Texts = None,
    photo: Texts = None,
) -> _Asked:
    columns = [one or [] for one in (text, answer, least, most, unit, photo)]
    return _Asked(
        name=name,
        every_days=every_days,
        photos_min=photos_min,
        items=[_item(line) for line in zip(*columns, strict=False) if line[0].strip()],
        site_ids=site or [],
        device_ids=[one for one in machine or [] if one],
    )


Asked = Annotated[_Asked, Depends(_asked)]


@router.get("/new")
def new(
    request: Request, uow: Transaction, member: Operator, kind: RoundKind = RoundKind.INSPECTION
) -> Response:
    """A plan to fill in, begun with what such a round usually looks at."""
    return _form(request, uow, member, kind=kind, items=plans.USUAL[kind], wish=None)


@router.post("")
def create(
    *,
    uow: Transaction,
    member: Operator,
    asked: Asked,
    kind: Annotated[RoundKind, Form()],
    first_on: Annotated[date, Form()],
) -> Response:
    """From now on machines fall due by it."""
    plans.create(
        uow,
        tenant_id=member.tenant_id,
        kind=kind,
        first_on=first_on,
        actor=member.actor,
        **asked._asdict(),
    )
    rounds.visits.plan_due(uow, tenant_id=member.tenant_id)
    return see_other("/console/rounds")


@router.get("/plans/{plan_id}")
def plan(request: Request, uow: Transaction, member: Operator, plan_id: UUID) -> Response:
    """A plan to be changed, and who changed it before."""
    found = plans.get(uow, tenant_id=member.tenant_id, plan_id=plan_id)
    return _known(request, uow, member, found, _as_it_is(found))


@router.post("/plans/{plan_id}")
def change(
    request: Request,
    uow: Transaction,
    member: Operator,
    plan_id: UUID,
    *,
    asked: Asked,
    version: Annotated[int, Form()],
) -> Response:
    """It is done otherwise from now on; where somebody was faster, he reads what was done."""
    try:
        with uow.attempt():
            plans.change(
                uow,
                tenant_id=member.tenant_id,
                plan_id=plan_id,
                version=version,
                actor=member.actor,
                **asked._asdict(),
            )
    except StaleError:
        found = plans.get(uow, tenant_id=member.tenant_id, plan_id=plan_id)
        return _known(request, uow, member, found, asked, seen=version)
    return _replanned(uow, member, plan_id)


@router.post("/plans/{plan_id}/pause")
def pause(uow: Transaction, member: Operator, plan_id: UUID) -> Response:
    """Nothing falls due by it for a while."""
    plans.pause(uow, tenant_id=member.tenant_id, plan_id=plan_id, actor=member.actor)
    return _replanned(uow, member, plan_id)


@router.post("/plans/{plan_id}/resume")
def resume(uow: Transaction, member: Operator, plan_id: UUID) -> Response:
    """Machines fall due by it again."""
    plans.resume(uow, tenant_id=member.tenant_id, plan_id=plan_id, actor=member.actor)
    return _replanned(uow, member, plan_id)


@router.post("/plans/{plan_id}/end")
def end(uow: Transaction, member: Operator, plan_id: UUID) -> Response:
    """No more visits by this plan."""
    plans.end(uow, tenant_id=member.tenant_id, plan_id=plan_id, actor=member.actor)
    rounds.visits.plan_due(uow, tenant_id=member.tenant_id)
    return see_other("/console/rounds")


def _as_it_is(plan: RoundPlan) -> _Asked:
    return _Asked(
        name=plan.name,
        every_days=plan.every_days,
        photos_min=plan.photos_min,
        items=plans.items_of(plan.items),
        site_ids=[UUID(one) for one in plan.site_ids],
        device_ids=list(plan.device_ids),
    )


def _known(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    plan: RoundPlan,
    wish: _Asked,
    *,
    seen: int | None = None,
) -> Response:
    """The form of a plan with its history; where the plan `seen` is an old one, what came since."""
    history = plans.history(uow, tenant_id=member.tenant_id, plan_id=plan.plan_id)
    stale = status.HTTP_200_OK if seen is None else status.HTTP_409_CONFLICT
    return _form(
        request,
        uow,
        member,
        status_code=stale,
        plan=plan,
        kind=plan.kind,
        items=wish.items,
        wish=wish,
        history=history,
        meanwhile=[one for one in history if seen is not None and one.version > seen],
        changes_of=plans.changes_of,
    )


def _form(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    *,
    items: Sequence[Item],
    **shown: Any,
) -> Response:
    """The form of a plan, new or known; with lines left to write more."""
    lines = min(max(_LINES, len(items) + 2), plans.ITEMS_MAX)
    there = sites.listed(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/round_plan.html",
        member=member,
        kinds=list(RoundKind),
        items=[*items, *[None] * (lines - len(items))],
        sites=there,
        places={str(one.site_id): one for one in there},
        machines=devices.listed(uow, tenant_id=member.tenant_id),
        today=clock.business_date(clock.now()),
        **shown,
    )


def _replanned(uow: UnitOfWork, member: Member, plan_id: UUID) -> Response:
    rounds.visits.replan(uow, tenant_id=member.tenant_id, plan_id=plan_id)
    return see_other(f"/console/rounds/plans/{plan_id}")


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
