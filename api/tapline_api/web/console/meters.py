"""What properties read off their meters, before it is paid for."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.meter_page import meters_context, photo_of

router = APIRouter(prefix="/meters")


@router.get("")
def meters(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Every reading with its photo, the newest first."""
    context = meters_context(uow, member)
    return render(request, "console/meters.html", member=member, **context)


@router.get("/{reading_id}/photos/{file_id}")
def photo(uow: Transaction, member: Treasurer, reading_id: UUID, file_id: UUID) -> Response:
    """The meter, as it was seen."""
    return photo_of(uow, member, reading_id, file_id)
