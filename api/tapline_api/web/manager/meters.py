"""The site's own meters for power and water, read with a photo."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import clock, partners, reports
from tapline.errors import InvalidError
from tapline.partners import Supply
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.meter_page import meters_context, photo_of
from tapline_api.web.photos import Photos, kept

router = APIRouter(prefix="/meters")


@router.get("")
def meters(request: Request, uow: Transaction, member: CurrentManager) -> Response:
    """What was read, and a form for the next reading."""
    return render(
        request,
        "manager/meters.html",
        member=member,
        own=[view.site for view in reports.sites(uow, scope=member.scope)],
        supplies=list(Supply),
        today=clock.business_date(clock.now()),
        **meters_context(uow, member),
    )


@router.post("")
def write_down(
    *,
    uow: Transaction,
    member: CurrentManager,
    site_id: Annotated[UUID, Form()],
    supply: Annotated[Supply, Form()],
    day: Annotated[date, Form()],
    shows: Annotated[Decimal, Form(ge=0, le=1_000_000_000)],
    exchanged: Annotated[bool, Form()] = False,
    photos: Photos = None,
) -> Response:
    """A reading in kWh or cubic metres; for a day that was read before it corrects that."""
    thousandths = shows * 1000
    if thousandths != thousandths.to_integral_value():
        raise InvalidError("a meter shows three decimals at most: leave out the rest")
    partners.write_meter_down(
        uow,
        scope=member.scope,
        site_id=site_id,
        supply=supply,
        day=day,
        amount=int(thousandths),
        begins=exchanged,
        file_ids=kept(uow, member.tenant_id, photos or []),
        staff=member.staff,
    )
    return see_other("/manager/meters")


@router.get("/{reading_id}/photos/{file_id}")
def photo(uow: Transaction, member: CurrentManager, reading_id: UUID, file_id: UUID) -> Response:
    """The meter, as it was seen."""
    return photo_of(uow, member, reading_id, file_id)
