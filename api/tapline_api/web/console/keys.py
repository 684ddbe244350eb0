"""Machines' keys: renewed and revoked; and what makers shipped, whose devices claim keys."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from tapline.devices import credentials, provisioning
from tapline.errors import DeniedError
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter()

Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.post("/machines/{device_id}/key/rotate")
def rotate(uow: Transaction, member: Operator, device_id: str, reason: Reason) -> Response:
    """Have a machine given another key."""
    _check_keeper(member)
    credentials.ask_rotation(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(f"/console/machines/{device_id}#key")


@router.post("/machines/{device_id}/key/revoke")
def revoke(uow: Transaction, member: Operator, device_id: str, reason: Reason) -> Response:
    """Let a machine in no more."""
    _check_keeper(member)
    credentials.revoke(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(f"/console/machines/{device_id}#key")


@router.get("/shipments")
def shipments(request: Request, uow: Transaction, member: Operator) -> Response:
    """The batches that may claim keys, and every device that was shipped."""
    return render(
        request,
        "console/shipments.html",
        member=member,
        batches=provisioning.batches(uow, tenant_id=member.tenant_id),
        shipped=provisioning.shipped(uow, tenant_id=member.tenant_id),
        may_keep=member.staff.role in credentials.KEEPERS,
    )


@router.post("/shipments")
def take_in(
    uow: Transaction,
    member: Operator,
    *,
    maker: Annotated[str, Form(min_length=1, max_length=64)],
    file: Annotated[UploadFile, File()],
) -> Response:
    """Take in a maker's shipment list; a list with a fault is not taken at all."""
    _check_keeper(member)
    provisioning.import_shipment(
        uow,
        tenant_id=member.tenant_id,
        maker=maker,
        content=file.file.read(),
        actor=member.actor,
    )
    return see_other("/console/shipments")


@router.post("/shipments/batches/{claim_id}/close")
def close(uow: Transaction, member: Operator, claim_id: str, reason: Reason) -> Response:
    """End a batch's credential."""
    _check_keeper(member)
    provisioning.close_batch(
        uow, tenant_id=member.tenant_id, claim_id=claim_id, actor=member.actor, reason=reason
    )
    return see_other("/console/shipments")


@router.post("/shipments/{serial}/free")
def free(uow: Transaction, member: Operator, serial: str, reason: Reason) -> Response:
    """Let a shipped device claim anew."""
    _check_keeper(member)
    provisioning.free(
        uow, tenant_id=member.tenant_id, serial=serial, actor=member.actor, reason=reason
    )
    return see_other("/console/shipments")


def _check_keeper(member: Member) -> None:
    if member.staff.role not in credentials.KEEPERS:
        raise DeniedError("a supervisor or an administrator keeps the keys: ask one")
