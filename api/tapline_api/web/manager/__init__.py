"""The property manager's pages: his own sites, and what needs him first."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import partners, reports
from tapline.outages import notes
from tapline.reports import SiteView, Tone
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentManager, Member, Transaction
from tapline_api.formats import clock_time
from tapline_api.templating import render
from tapline_api.web.manager import (
    accountability,
    cases,
    consumption,
    machines,
    meters,
    morning,
    outages,
    rounds,
    statements,
    water,
)
from tapline_api.web.manager.plan import Filter, Wanted, lay_out

router = APIRouter(prefix="/manager")
router.include_router(accountability.router)
router.include_router(cases.router)
router.include_router(consumption.router)
router.include_router(machines.router)
router.include_router(meters.router)
router.include_router(morning.router)
router.include_router(rounds.router)
router.include_router(outages.router)
router.include_router(statements.router)
router.include_router(water.router)


@router.get("")
def today(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """What needs him today, then numbers, then sites."""
    return render(request, "manager/today.html", member=member, **_today(uow, member))


@router.get("/live")
def today_live(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """The same without its frame, for the page to refresh itself."""
    return render(request, "manager/today_body.html", **_today(uow, member))


@router.get("/sites")
def sites(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """His sites."""
    listed = reports.sites(uow, scope=member.scope)
    return render(request, "manager/sites.html", member=member, sites=listed)


@router.get("/sites/{site_id}")
def site(
    *, request: Request, uow: Transaction, member: CurrentManager, site_id: UUID, wanted: Filter
) -> Response:
    """One site: where its machines stand, how they are, the water of the day."""
    view = reports.site(uow, scope=member.scope, site_id=site_id)
    return render(
        request,
        "manager/site.html",
        member=member,
        hours=_hours(uow, member, view),
        outage_notes=notes(uow, tenant_id=member.tenant_id, site_ids=[site_id]),
        **_planned(view, wanted),
    )


@router.get("/sites/{site_id}/live")
def site_live(
    *, request: Request, uow: Transaction, member: CurrentManager, site_id: UUID, wanted: Filter
) -> Response:
    """The same without its frame, for the page to refresh itself."""
    view = reports.site(uow, scope=member.scope, site_id=site_id)
    return render(request, "manager/site_body.html", **_planned(view, wanted))


def _planned(view: SiteView, wanted: Wanted) -> dict[str, Any]:
    plan = lay_out(view.devices, wanted, base="/manager/machines")
    return {"view": view, "plan": plan, "wanted": wanted, "tones": {t.value: t for t in Tone}}


def _today(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    listed = reports.sites(uow, scope=member.scope)
    views = [view for site in listed for view in site.devices]
    return {
        "sites": listed,
        "all": len(views),
        "ok": sum(site.count(Tone.OK) for site in listed),
        "needing": reports.needing_somebody(views),
        "tickets": reports.open_tickets(uow, scope=member.scope),
        "volume": reports.total(views),
        "awaited": partners.matters(
            uow, scope=member.scope, standings=[partners.Standing.PROPOSED], limit=5
        ),
    }


def _hours(uow: UnitOfWork, member: Member, view: SiteView) -> dict[str, Any]:
    """Litres by hour of one site, as `charts.js` reads it."""
    hours = reports.litres_by_hour(uow, scope=member.scope.only(view.site.site_id))
    points = [(clock_time(hour), round(ml / 1000, 1)) for hour, ml in hours]
    return {"kind": "bars", "name": view.site.name, "unit": "L", "points": points}
