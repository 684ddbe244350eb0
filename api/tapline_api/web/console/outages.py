"""Outages at every site: incidents, planned works, and how available water was."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import outages
from tapline.outages import plans
from tapline_api import exports
from tapline_api.deps import Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import months
from tapline_api.web.console.doors import Operator
from tapline_api.web.outages_page import (
    Wished,
    month_asked,
    overview,
    plan_context,
    uptime_context,
    uptime_table,
)

router = APIRouter(prefix="/outages")

_HOME = "/console/outages"


@router.get("")
def outages_page(request: Request, uow: Transaction, member: Operator) -> Response:
    """What is out now, what is planned, what was."""
    return render(
        request,
        "console/outages.html",
        member=member,
        home_path=_HOME,
        **overview(uow, member.scope),
    )


@router.post("")
def plan(
    uow: Transaction, member: Operator, wish: Wished, site: Annotated[UUID, Form()]
) -> Response:
    """Announce works."""
    made = plans.plan(uow, scope=member.scope, staff=member.staff, site_id=site, wish=wish)
    return see_other(f"{_HOME}/plans/{made.plan_id}")


@router.get("/uptime")
def uptime(
    request: Request, uow: Transaction, member: Operator, month: months.Month = None
) -> Response:
    """How much of the time there was water, machine by machine, with what that means."""
    return render(
        request,
        "console/uptime.html",
        member=member,
        home_path=_HOME,
        months=months.recent(),
        **uptime_context(uow, member.scope, month_asked(month)),
    )


@router.get("/uptime/table.xlsx")
def uptime_export(
    request: Request, uow: Transaction, member: Operator, month: months.Month = None
) -> Response:
    """The same as Excel."""
    rows = uptime_table(uow, member.scope, month_asked(month), formats_of(request))
    return exports.excel(uow, member, name="uptime", rows=rows)


@router.get("/plans/{planned_id}")
def plan_page(request: Request, uow: Transaction, member: Operator, planned_id: UUID) -> Response:
    """One plan: what was announced when, and changing it."""
    return render(
        request,
        "console/outage_plan.html",
        member=member,
        home_path=_HOME,
        **plan_context(uow, member.scope, planned_id),
    )


@router.post("/plans/{planned_id}")
def change(
    uow: Transaction,
    member: Operator,
    planned_id: UUID,
    wish: Wished,
    version: Annotated[int, Form()],
) -> Response:
    """Other times; works that have begun are prolonged or shortened."""
    plans.change(
        uow,
        scope=member.scope,
        staff=member.staff,
        plan_id=planned_id,
        version=version,
        wish=wish,
    )
    return see_other(f"{_HOME}/plans/{planned_id}")


@router.post("/plans/{planned_id}/cancel")
def cancel(
    uow: Transaction, member: Operator, planned_id: UUID, version: Annotated[int, Form()]
) -> Response:
    """They do not take place, or are over."""
    plans.cancel(uow, scope=member.scope, staff=member.staff, plan_id=planned_id, version=version)
    return see_other(f"{_HOME}/plans/{planned_id}")


@router.post("/{incident_id}/announce")
def announce(
    uow: Transaction,
    member: Operator,
    incident_id: UUID,
    words: Annotated[str, Form(max_length=600)],
) -> Response:
    """Tell the residents of an outage that nobody planned."""
    outages.incidents.announce(
        uow, scope=member.scope, staff=member.staff, incident_id=incident_id, words=words
    )
    return see_other(_HOME)
