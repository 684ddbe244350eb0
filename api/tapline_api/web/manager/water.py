"""The water of his sites: what everybody may see, and the code that leads there."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import reports
from tapline.water import publication
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.templating import render

router = APIRouter()


@router.get("/sites/{site_id}/water")
def site_water(
    request: Request, uow: Transaction, member: CurrentManager, site_id: UUID
) -> Response:
    """One of his sites: machine by machine, with the public page's address to hang up."""
    view = reports.site(uow, scope=member.scope, site_id=site_id)  # his, or there is none such
    return render(
        request,
        "manager/water.html",
        member=member,
        site=view.site,
        water=publication.of_site(uow, site_id=site_id),
        address=f"{request.base_url}q/sites/{site_id}",
    )
