"""One machine on his sites: charts, what was found, its logbook."""

from fastapi import APIRouter, Request, Response

from tapline_api.deps import CurrentManager, Transaction
from tapline_api.templating import render
from tapline_api.web.device_page import Chosen, device_context
from tapline_api.web.logbook_page import Asked, csv_of, logbook_context, table_of

router = APIRouter(prefix="/machines")


@router.get("/{device_id}")
def machine(
    request: Request, uow: Transaction, member: CurrentManager, device_id: str, window: Chosen
) -> Response:
    """How it is, what its sensors say, what was found."""
    context = device_context(request, uow, member.scope, device_id, window)
    return render(request, "manager/device.html", member=member, **context)


@router.get("/{device_id}/readings.csv")
def readings(
    request: Request, uow: Transaction, member: CurrentManager, device_id: str, window: Chosen
) -> Response:
    """What the charts are drawn from."""
    return csv_of(request, uow, member, device_id, window)


@router.get("/{device_id}/logbook")
def logbook(
    request: Request, uow: Transaction, member: CurrentManager, device_id: str, asked: Asked
) -> Response:
    """Meter, repairs, treatments, alarms and abnormal use."""
    context = logbook_context(uow, member, device_id, asked)
    return render(request, "manager/logbook.html", member=member, **context)


@router.get("/{device_id}/logbook.xlsx")
def logbook_table(
    request: Request, uow: Transaction, member: CurrentManager, device_id: str, asked: Asked
) -> Response:
    """The same as Excel."""
    return table_of(request, uow, member, device_id, asked)
