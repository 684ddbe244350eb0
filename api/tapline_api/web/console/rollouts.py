"""Firmware over the air: images, rollouts by rings, and what stopped one, in figures."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from tapline import rollouts
from tapline.errors import InvalidError
from tapline.files.sheets import Cell
from tapline.rollouts import RolloutView, images
from tapline.rollouts.images import SignedManifest, Trust
from tapline.uow import UnitOfWork
from tapline_api import exports
from tapline_api.config import WebConfig
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/rollouts")

Reason = Annotated[str, Form(min_length=1, max_length=200)]
_SHOWN = 300


@router.get("")
def rollouts_page(request: Request, uow: Transaction, member: Operator) -> Response:
    """What runs on which machines, every rollout, every image."""
    config: WebConfig = request.app.state.config
    return render(
        request,
        "console/rollouts.html",
        member=member,
        rollouts=rollouts.listed(uow, tenant_id=member.tenant_id),
        images=images.listed(uow, tenant_id=member.tenant_id),
        models=rollouts.models(uow, tenant_id=member.tenant_id),
        rings=rollouts.RINGS,
        may_lead=_may_lead(member),
        trusts=bool(Trust.of(config.firmware_keys).keys),
    )


@router.post("/images")
def upload(
    request: Request,
    uow: Transaction,
    member: Operator,
    *,
    image: Annotated[UploadFile, File()],
    manifest: Annotated[UploadFile, File()],
    signature: Annotated[UploadFile, File()],
    notes: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Take in an image with what was signed of it."""
    config: WebConfig = request.app.state.config
    signed = SignedManifest(manifest.file.read(), _signature(signature.file.read(256)))
    images.upload(
        uow,
        trust=Trust.of(config.firmware_keys),
        tenant_id=member.tenant_id,
        name=image.filename or "image.bin",
        content=image.file.read(images.IMAGE_BYTES_MAX + 1),
        signed=signed,
        notes=notes,
        actor=member.actor,
        role=member.staff.role,
    )
    return see_other("/console/rollouts#images")


@router.post("")
def propose(
    uow: Transaction,
    member: Operator,
    *,
    image_id: Annotated[UUID, Form()],
    hw: Annotated[str, Form(min_length=1, max_length=64)],
    reason: Reason,
) -> Response:
    """Propose an image for a model; a second person starts it."""
    made = rollouts.propose(uow, staff=member.staff, image_id=image_id, hw=hw, reason=reason)
    return _to(made.rollout_id)


@router.get("/{rollout_id}")
def rollout(request: Request, uow: Transaction, member: Operator, rollout_id: UUID) -> Response:
    """One rollout: rings, figures of the stop rule, machines."""
    return _shown(request, uow, member, rollout_id, "console/rollout.html")


@router.get("/{rollout_id}/live")
def live(request: Request, uow: Transaction, member: Operator, rollout_id: UUID) -> Response:
    """What of it changes by itself, for the page to refresh itself."""
    return _shown(request, uow, member, rollout_id, "console/rollout_live.html")


@router.get("/{rollout_id}/machines.csv")
def export(uow: Transaction, member: Operator, rollout_id: UUID) -> Response:
    """Every machine of a rollout and how it went."""
    seen = rollouts.view(uow, tenant_id=member.tenant_id, rollout_id=rollout_id)
    return exports.csv(uow, member, name="rollout", rows=_rows(seen))


@router.post("/{rollout_id}/start")
def start(uow: Transaction, member: Operator, rollout_id: UUID) -> Response:
    """Start what somebody else proposed."""
    rollouts.approve(uow, staff=member.staff, rollout_id=rollout_id)
    return _to(rollout_id)


@router.post("/{rollout_id}/pause")
def pause(uow: Transaction, member: Operator, rollout_id: UUID, reason: Reason) -> Response:
    """Tell no more machines."""
    rollouts.pause(uow, staff=member.staff, rollout_id=rollout_id, reason=reason)
    return _to(rollout_id)


@router.post("/{rollout_id}/resume")
def resume(uow: Transaction, member: Operator, rollout_id: UUID, reason: Reason) -> Response:
    """Go on, whatever stopped it."""
    rollouts.resume(uow, staff=member.staff, rollout_id=rollout_id, reason=reason)
    return _to(rollout_id)


@router.post("/{rollout_id}/withdraw")
def withdraw(uow: Transaction, member: Operator, rollout_id: UUID, reason: Reason) -> Response:
    """End it; what machines run stays."""
    rollouts.withdraw(uow, staff=member.staff, rollout_id=rollout_id, reason=reason)
    return _to(rollout_id)


@router.post("/{rollout_id}/roll-back")
def roll_back(
    uow: Transaction,
    member: Operator,
    *,
    rollout_id: UUID,
    image_id: Annotated[UUID, Form()],
    reason: Reason,
) -> Response:
    """Give its machines another image, by a rollout of its own."""
    made = rollouts.roll_back(
        uow, staff=member.staff, rollout_id=rollout_id, image_id=image_id, reason=reason
    )
    return _to(made.rollout_id)


@router.post("/{rollout_id}/machines/{device_id}/exclude")
def exclude(
    uow: Transaction, member: Operator, *, rollout_id: UUID, device_id: str, reason: Reason
) -> Response:
    """Leave a machine out."""
    rollouts.exclude(
        uow, staff=member.staff, rollout_id=rollout_id, device_id=device_id, reason=reason
    )
    return _to(rollout_id)


@router.post("/{rollout_id}/machines/{device_id}/retry")
def retry(uow: Transaction, member: Operator, rollout_id: UUID, device_id: str) -> Response:
    """Try a machine again that failed or was left out."""
    rollouts.retry(uow, staff=member.staff, rollout_id=rollout_id, device_id=device_id)
    return _to(rollout_id)


def _shown(
    request: Request, uow: UnitOfWork, member: Member, rollout_id: UUID, template: str
) -> Response:
    seen = rollouts.view(uow, tenant_id=member.tenant_id, rollout_id=rollout_id)
    every = images.listed(uow, tenant_id=member.tenant_id)
    return render(
        request,
        template,
        member=member,
        seen=seen,
        shown=_SHOWN,
        may_lead=_may_lead(member),
        others=[
            one
            for one in every
            if one.image_id != seen.image.image_id
            and seen.rollout.hw in one.hw
            and one.counter >= seen.image.counter
        ],
    )


def _rows(seen: RolloutView) -> list[list[Cell]]:
    head: list[Cell] = [
        "device_id", "ring_percent", "state", "attempts", "firmware", "presence",
        "job_state", "percent", "rc", "settled_at",
    ]  # fmt: skip
    return [head] + [
        [
            one.member.device_id,
            rollouts.RINGS[one.member.ring],
            one.member.state.value,
            one.member.attempts,
            str((one.device.hello or {}).get("fw", "")),
            one.device.presence.value,
            one.job.state.value if one.job else "",
            one.job.percent if one.job else "",
            one.job.rc if one.job else "",
            one.member.settled_at.isoformat() if one.member.settled_at else "",
        ]
        for one in seen.machines
    ]


def _signature(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidError(
            "the signature file holds base64, as `tapline firmware sign` writes it"
        ) from None


def _may_lead(member: Member) -> bool:
    return member.staff.role in rollouts.LEADERS


def _to(rollout_id: UUID) -> Response:
    return see_other(f"/console/rollouts/{rollout_id}")
