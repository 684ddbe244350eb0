"""Machines of every site, as the desk sees them."""

from typing import Any

from fastapi import APIRouter, Request, Response

from tapline import reports
from tapline.devices import credentials
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.templating import render
from tapline_api.web.console.commands import commands_context
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.settings import settings_context
from tapline_api.web.device_page import Chosen, device_context
from tapline_api.web.logbook_page import Asked, csv_of, logbook_context, table_of

router = APIRouter(prefix="/machines")


@router.get("")
def machines(request: Request, uow: Transaction, member: Operator) -> Response:
    """What needs somebody, then every site."""
    return render(
        request, "console/machines.html", member=member, tickets=[], **_estate(uow, member)
    )


@router.get("/live")
def machines_live(request: Request, uow: Transaction, member: Operator) -> Response:
    """The same without its frame, for the page to refresh itself."""
    return render(request, "console/estate.html", tickets=[], **_estate(uow, member))


@router.get("/{device_id}")
def machine(
    request: Request,
    uow: Transaction,
    member: Operator,
    device_id: str,
    window: Chosen,
) -> Response:
    """One machine."""
    context = device_context(request, uow, member.scope, device_id, window)
    context |= commands_context(uow, member, device_id)
    context |= settings_context(uow, member, device_id)
    context["may_keep"] = member.staff.role in credentials.KEEPERS
    return render(request, "console/machine.html", member=member, **context)


@router.get("/{device_id}/readings.csv")
def readings(
    request: Request, uow: Transaction, member: Operator, device_id: str, window: Chosen
) -> Response:
    """What the charts are drawn from."""
    return csv_of(request, uow, member, device_id, window)


@router.get("/{device_id}/logbook")
def logbook(
    request: Request, uow: Transaction, member: Operator, device_id: str, asked: Asked
) -> Response:
    """Meter, repairs, treatments, alarms and abnormal use of one machine."""
    context = logbook_context(uow, member, device_id, asked)
    return render(request, "console/logbook.html", member=member, **context)


@router.get("/{device_id}/logbook.xlsx")
def logbook_table(
    request: Request, uow: Transaction, member: Operator, device_id: str, asked: Asked
) -> Response:
    """The same as Excel."""
    return table_of(request, uow, member, device_id, asked)


def _estate(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    sites = reports.sites(uow, scope=member.scope)
    views = [view for site in sites for view in site.devices]
    return {
        "sites": sites,
        "all": len(views),
        "ok": sum(site.count(reports.Tone.OK) for site in sites),
        "needing": reports.needing_somebody(views),
    }
