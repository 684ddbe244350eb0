"""The routes of outages, the same behind two doors: the console's and the manager's."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response, status

from tapline import outages
from tapline.errors import StaleError
from tapline.outages import plans
from tapline.outages.plans import Wish
from tapline.uow import UnitOfWork
from tapline_api import exports
from tapline_api.deps import Member, Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import months
from tapline_api.web.outages_page import (
    Wished,
    month_asked,
    overview,
    plan_context,
    uptime_context,
    uptime_table,
)

Area = Literal["console", "manager"]
Door = Callable[..., Member]
"""Who may come in; everything below is of his scope."""


def routes(area: Area, door: Door) -> APIRouter:
    """What is out, what is planned, and how available water was, under `/{area}/outages`."""
    router = APIRouter(prefix="/outages")
    _add_uptime(router, area, door)
    _add_plans(router, area, door)
    _add_incidents(router, area, door)
    return router


def _add_incidents(router: APIRouter, area: Area, door: Door) -> None:
    home = f"/{area}/outages"

    @router.get("")
    def outages_page(
        request: Request, uow: Transaction, member: Annotated[Member, Depends(door)]
    ) -> Response:
        """What is out now, what is planned, what was."""
        context = overview(uow, member.scope)
        return render(request, f"{area}/outages.html", member=member, home_path=home, **context)

    @router.post("/{incident_id}/announce")
    def announce(
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        incident_id: UUID,
        words: Annotated[str, Form(max_length=600)],
    ) -> Response:
        """Tell the residents of an outage that nobody planned."""
        outages.incidents.announce(
            uow, scope=member.scope, staff=member.staff, incident_id=incident_id, words=words
        )
        return see_other(home)


def _add_plans(router: APIRouter, area: Area, door: Door) -> None:
    home = f"/{area}/outages"

    @router.post("")
    def plan(
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        wish: Wished,
        site: Annotated[UUID, Form()],
    ) -> Response:
        """Announce works."""
        made = plans.plan(uow, scope=member.scope, staff=member.staff, site_id=site, wish=wish)
        return see_other(f"{home}/plans/{made.plan_id}")

    @router.get("/plans/{planned_id}")
    def plan_page(
        request: Request,
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        planned_id: UUID,
    ) -> Response:
        """One plan: what was announced when, and changing it."""
        return _plan_page(request, uow, member, area, planned_id)

    @router.post("/plans/{planned_id}")
    def change(
        request: Request,
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        planned_id: UUID,
        *,
        wish: Wished,
        version: Annotated[int, Form()],
    ) -> Response:
        """Other times; works that have begun are prolonged or shortened."""
        try:
            with uow.attempt():
                plans.change(
                    uow,
                    scope=member.scope,
                    staff=member.staff,
                    plan_id=planned_id,
                    version=version,
                    wish=wish,
                )
        except StaleError:
            return _plan_page(request, uow, member, area, planned_id, seen=version, wish=wish)
        return see_other(f"{home}/plans/{planned_id}")

    @router.post("/plans/{planned_id}/cancel")
    def cancel(
        request: Request,
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        planned_id: UUID,
        *,
        version: Annotated[int, Form()],
    ) -> Response:
        """They do not take place, or are over."""
        try:
            with uow.attempt():
                plans.cancel(
                    uow, scope=member.scope, staff=member.staff, plan_id=planned_id, version=version
                )
        except StaleError:
            return _plan_page(request, uow, member, area, planned_id, seen=version)
        return see_other(f"{home}/plans/{planned_id}")


def _plan_page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    area: Area,
    plan_id: UUID,
    *,
    seen: int | None = None,
    wish: Wish | None = None,
) -> Response:
    """A plan; where the one that somebody has `seen` is an old one, what was announced since."""
    return render(
        request,
        f"{area}/outage_plan.html",
        status_code=status.HTTP_200_OK if seen is None else status.HTTP_409_CONFLICT,
        member=member,
        home_path=f"/{area}/outages",
        **plan_context(uow, member.scope, plan_id, seen=seen, wish=wish),
    )


def _add_uptime(router: APIRouter, area: Area, door: Door) -> None:
    home = f"/{area}/outages"

    @router.get("/uptime")
    def uptime(
        request: Request,
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        month: months.Month = None,
    ) -> Response:
        """How much of the time there was water, machine by machine, with what that means."""
        return render(
            request,
            f"{area}/uptime.html",
            member=member,
            home_path=home,
            months=months.recent(),
            **uptime_context(uow, member.scope, month_asked(month)),
        )

    @router.get("/uptime/table.xlsx")
    def uptime_export(
        request: Request,
        uow: Transaction,
        member: Annotated[Member, Depends(door)],
        month: months.Month = None,
    ) -> Response:
        """The same as Excel."""
        rows = uptime_table(uow, member.scope, month_asked(month), formats_of(request))
        return exports.excel(uow, member, name="uptime", rows=rows)
