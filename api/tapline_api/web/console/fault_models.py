"""The models that foresee faults: their cards, their figures, and which of them speaks."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tapline import faults
from tapline.errors import DeniedError
from tapline.people import Role
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/models")

Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("")
def models_page(request: Request, uow: Transaction, member: Operator) -> Response:
    """Every model, newest first."""
    models = faults.models.listed(uow, tenant_id=member.tenant_id)
    return render(request, "console/models.html", member=member, models=models)


@router.get("/{model_version}")
def model_page(
    request: Request, uow: Transaction, member: Operator, model_version: int
) -> Response:
    """One model's card: what it is for, what it learnt from, how good it is, where it fails."""
    return render(
        request,
        "console/model.html",
        member=member,
        model=faults.models.get(uow, tenant_id=member.tenant_id, version=model_version),
        champion=faults.models.champion(uow, tenant_id=member.tenant_id),
        parts=list(faults.Part),
    )


@router.post("/{model_version}/promote")
def promote(
    uow: Transaction,
    member: Operator,
    model_version: int,
    reason: Reason,
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    """Let it speak in place of the present champion."""
    _check_administrator(member)
    faults.models.promote(
        uow,
        tenant_id=member.tenant_id,
        version=model_version,
        actor=member.actor,
        reason=reason,
        anyway=anyway,
    )
    return see_other(f"/console/models/{model_version}")


@router.post("/rollback")
def rollback(uow: Transaction, member: Operator, reason: Reason) -> Response:
    """Let the champion before the present one speak again."""
    _check_administrator(member)
    model = faults.models.rollback(
        uow, tenant_id=member.tenant_id, actor=member.actor, reason=reason
    )
    return see_other(f"/console/models/{model.version}")


def _check_administrator(member: Member) -> None:
    if member.staff.role is not Role.ADMIN:
        raise DeniedError("an administrator decides which model speaks: ask one")
