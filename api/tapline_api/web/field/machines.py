"""A machine as a technician sees it: what it says now, what was done, and what it can be told."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import devices, faults, reports, rounds, water
from tapline.devices import commands
from tapline.errors import ConflictError, NotFoundError
from tapline.people import Scope
from tapline.tickets import work_orders
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.device_page import newest_readings
from tapline_api.web.field.doors import Technician
from tapline_api.web.field.rounds import CAMERA

router = APIRouter(prefix="/machines")

_LAST = 10


@router.get("")
def find(
    request: Request,
    uow: Transaction,
    member: Technician,
    code: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Reads a label; the machine's page follows."""
    named = rounds.visits.device_named(code)
    if named and _known(uow, member, named):
        return see_other(f"/field/machines/{named}")
    return render(
        request,
        "field/find.html",
        status_code=status.HTTP_404_NOT_FOUND if named else status.HTTP_200_OK,
        headers=CAMERA,
        member=member,
        named=named,
    )


@router.get("/{device_id}")
def machine(request: Request, uow: Transaction, member: Technician, device_id: str) -> Response:
    """Readings, findings, what is foreseen, visits, parts, and what is due."""
    tenant_id, scope = member.tenant_id, Scope(member.tenant_id)
    history = reports.device_history(uow, scope=scope, device_id=device_id, last=_LAST)
    foreseen = faults.predictions_of(uow, tenant_id=tenant_id, device_ids=[device_id], limit=_LAST)
    measured_at, readings = newest_readings(uow, tenant_id, device_id)
    visits = rounds.visits.at_machine(uow, tenant_id=tenant_id, device_id=device_id)
    return render(
        request,
        "field/machine.html",
        member=member,
        history=history,
        measured_at=measured_at,
        readings=readings,
        foreseen=foreseen,
        due=[one for one in visits if one.state.is_open],
        rounds=[one for one in visits if not one.state.is_open][:_LAST],
        works=work_orders.of_machine(uow, tenant_id=tenant_id, device_id=device_id, limit=_LAST),
        filters=water.filters(uow, tenant_id=tenant_id, device_ids=[device_id]).get(device_id, []),
        **_told(uow, member, device_id),
    )


@router.get("/{device_id}/commands")
def told(request: Request, uow: Transaction, member: Technician, device_id: str) -> Response:
    """What it was told, without its frame, for the page to refresh itself."""
    return render(
        request, "field/machine_told.html", member=member, **_told(uow, member, device_id)
    )


@router.post("/{device_id}/commands")
def send(
    request: Request,
    uow: Transaction,
    member: Technician,
    device_id: str,
    op: Annotated[str, Form(max_length=32)],
) -> Response:
    """Have it test itself, flush or start anew; a second touch changes nothing."""
    try:
        with uow.attempt():
            commands.send(
                uow, staff=member.staff, device_id=device_id, op=op, args={}, reason="现场检修"
            )
    except ConflictError:
        pass  # it was asked already, and the page shows how far that is
    return see_other(f"/field/machines/{device_id}#told")


def _told(uow: UnitOfWork, member: Member, device_id: str) -> dict[str, Any]:
    device = devices.get(uow, tenant_id=member.tenant_id, device_id=device_id)
    rows = commands.of_device(uow, tenant_id=member.tenant_id, device_id=device_id, limit=6)
    return {
        "device": device,
        "commands": rows,
        "waits": any(one.state in commands.OPEN for one in rows),
        "sells": commands.sells(uow, device_id=device_id),
        "operations": [
            op
            for op in commands.offered(uow, staff=member.staff, device_id=device_id)
            if op not in {"say", "resend"}
        ],
    }


def _known(uow: UnitOfWork, member: Member, device_id: str) -> bool:
    try:
        devices.get(uow, tenant_id=member.tenant_id, device_id=device_id)
    except NotFoundError:
        return False
    return True
