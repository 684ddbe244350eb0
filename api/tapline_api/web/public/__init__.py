"""Pages that everybody may open: the water of a machine and of a site, by the code on it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import outages
from tapline.water import publication
from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.public import reporting
from tapline_api.web.public.foot import foot
from tapline_api.web.public.series import chart

router = APIRouter(prefix="/q")
router.include_router(reporting.router)


@router.get("/sites/{site_id}")
def site(request: Request, uow: Transaction, site_id: UUID) -> Response:
    """The water of a site, machine by machine."""
    found = publication.of_site(uow, site_id=site_id)
    tenant_id = found.site.tenant_id
    return render(
        request,
        "public/site.html",
        water=found,
        outage_notes=outages.notes(uow, tenant_id=tenant_id, site_ids=[site_id]),
        **foot(uow, tenant_id),
    )


@router.get("/sites/{site_id}/poster")
def poster(request: Request, uow: Transaction, site_id: UUID) -> Response:
    """A sheet to print on A4 and hang up where people fetch water."""
    found = publication.of_site(uow, site_id=site_id)
    return render(
        request,
        "public/poster.html",
        water=found,
        address=f"{request.base_url}q/sites/{site_id}",
        **foot(uow, found.site.tenant_id),
    )


@router.get("/{device_id}")
def machine(request: Request, uow: Transaction, device_id: str) -> Response:
    """The water of a machine; where it does not sell, why, and where to go."""
    found, days, nearest = publication.of_machine(uow, device_id=device_id)
    places = [found.site.site_id] if found.site else []
    return render(
        request,
        "public/machine.html",
        water=found,
        chart=chart(days),
        nearest=nearest,
        outage_notes=outages.notes(
            uow, tenant_id=found.tenant_id, site_ids=places, device_id=device_id
        ),
        **foot(uow, found.tenant_id),
    )
