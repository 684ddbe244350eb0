"""What people have machines do: one machine, or all of a site; and how far each has come."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import devices, reconciliation, sites
from tapline.devices import Device, commands
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/machines")

Reason = Annotated[str, Form(min_length=1, max_length=200)]
Number = Annotated[str, Form(max_length=16)]
Text = Annotated[str, Form(max_length=100)]


@router.get("/{device_id}/commands")
def told(request: Request, uow: Transaction, member: Operator, device_id: str) -> Response:
    """What a machine was told to do, without its frame, for the page to refresh itself."""
    return render(
        request,
        "console/commands.html",
        member=member,
        **commands_context(uow, member, device_id),
    )


@router.post("/{device_id}/commands")
def send(
    uow: Transaction,
    member: Operator,
    device_id: str,
    *,
    op: Annotated[str, Form(max_length=32)],
    reason: Reason,
    text: Text = "",
    first: Number = "",
    last: Number = "",
) -> Response:
    """Have a machine do something."""
    _mind_the_meter(uow, member, op, {device_id})
    commands.send(
        uow,
        staff=member.staff,
        device_id=device_id,
        op=op,
        args=_arguments(text, first, last),
        reason=reason,
    )
    return see_other(f"/console/machines/{device_id}#commands")


@router.get("/sites/{site_id}")
def site(request: Request, uow: Transaction, member: Operator, site_id: UUID) -> Response:
    """Every machine of a site with the last that people told it, and one form for all."""
    place, machines = _site(uow, member, site_id)
    newest = commands.newest(uow, device_ids=[one.device_id for one in machines])
    return render(
        request,
        "console/site_commands.html",
        member=member,
        site=place,
        machines=[(one, newest.get(one.device_id)) for one in machines],
        operations=_operations(member),
        may_send=member.staff.role in commands.MAY_SEND_TO_ALL,
    )


@router.post("/sites/{site_id}/commands")
def send_to_site(
    uow: Transaction,
    member: Operator,
    site_id: UUID,
    *,
    op: Annotated[str, Form(max_length=32)],
    reason: Reason,
    text: Text = "",
) -> Response:
    """Have every machine of a site do something."""
    if op == "resend":
        raise InvalidError("every machine counts its own records: ask one machine at a time")
    _, machines = _site(uow, member, site_id)
    names = {one.device_id for one in machines}
    _mind_the_meter(uow, member, op, names)
    commands.send_to_all(
        uow,
        staff=member.staff,
        device_ids=names,
        op=op,
        args=_arguments(text, "", ""),
        reason=reason,
    )
    return see_other(f"/console/machines/sites/{site_id}")


def commands_context(uow: UnitOfWork, member: Member, device_id: str) -> dict[str, Any]:
    """Everything that `console/commands.html` asks for."""
    device = devices.get(uow, tenant_id=member.tenant_id, device_id=device_id)
    sells = commands.sells(uow, device_id=device_id)
    rows = commands.of_device(uow, tenant_id=member.tenant_id, device_id=device_id)
    sales = (place for place, one in enumerate(rows) if one.op in commands.OPPOSITES)
    return {
        "device": device,
        "sells": sells,
        "commands": rows,
        "newest_sale": next(sales, None),
        "opposites": commands.OPPOSITES,
        "open_states": commands.OPEN,
        "operations": commands.offered(uow, staff=member.staff, device_id=device_id),
    }


def _operations(member: Member) -> list[str]:
    return [op for op, one in commands.OPERATIONS.items() if member.staff.role in one.senders]


def _arguments(text: str, first: str, last: str) -> dict[str, Any]:
    return {"text": text, "from": _number(first), "to": _number(last)}


def _number(text: str) -> int | None:
    return int(text) if text.strip().isascii() and text.strip().isdigit() else None


def _mind_the_meter(uow: UnitOfWork, member: Member, op: str, device_ids: set[str]) -> None:
    """A machine that a drifting meter stopped goes on by a decision about its meter alone."""
    if op != "resume_sale":
        return
    stopped = {one.device_id for one in reconciliation.stopped(uow, tenant_id=member.tenant_id)}
    if found := sorted(stopped & device_ids):
        raise ConflictError(
            f"{found[0]} was stopped because its meter is off: let it go on at /console/breakers"
        )


def _site(uow: UnitOfWork, member: Member, site_id: UUID) -> tuple[Site, list[Device]]:
    places = sites.listed(uow, tenant_id=member.tenant_id, among=[site_id])
    if not places:
        raise NotFoundError("no such site")
    machines = devices.listed(uow, tenant_id=member.tenant_id, sites=[site_id])
    return places[0], list(machines)
