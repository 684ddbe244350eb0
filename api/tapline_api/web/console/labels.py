"""Labels for machines, to print and to stick on: what a customer's telephone reads there."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from tapline import reports
from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/labels")


class Destination(StrEnum):
    """Where a label leads."""

    CARD = "portal/prove/"
    WATER = "q/"

    @classmethod
    def _missing_(cls, value: object) -> "Destination | None":
        """By its name, as addresses have it."""
        return cls.__members__.get(str(value).upper())


@router.get("")
def labels(
    request: Request,
    uow: Transaction,
    member: Operator,
    *,
    site: UUID | None = None,
    machine: Annotated[str | None, Query(max_length=32)] = None,
    to: Destination = Destination.CARD,
) -> Response:
    """A sheet for every machine, those of a site, or one: to register a card there, or to see the
    quality of its water."""
    sites = reports.sites(uow, scope=member.scope)
    chosen = [
        (view.site, each.device)
        for view in sites
        for each in view.devices
        if site in {None, view.site.site_id} and machine in {None, each.device.device_id}
    ]
    return render(
        request,
        "console/labels.html",
        member=member,
        sites=[view.site for view in sites],
        site_id=site,
        labels=sorted(chosen, key=lambda one: (one[0].code, one[1].device_id)),
        to=to,
        address=f"{request.base_url}{to.value}",
    )
