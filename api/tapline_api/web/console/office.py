"""Supervisors' office: wallboard screens, people, and who did what."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response

from tapline import audit, people
from tapline.people import Role
from tapline.uow import UnitOfWork
from tapline_api.config import WebConfig
from tapline_api.deps import Member, Transaction, WrongDoorError
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/office")


def _supervisor(member: Operator) -> Member:
    if member.staff.role is Role.AGENT:
        raise WrongDoorError
    return member


Supervisor = Annotated[Member, Depends(_supervisor)]


@router.get("")
def office(request: Request, uow: Transaction, member: Supervisor) -> Response:
    """The office."""
    return _page(request, uow, member, "")


@router.post("/screens")
def add_screen(
    request: Request,
    uow: Transaction,
    member: Supervisor,
    name: Annotated[str, Form(min_length=1, max_length=60)],
) -> Response:
    """A new screen; its address is shown in this answer alone."""
    screen, token = people.create_screen(uow, tenant_id=member.tenant_id, name=name)
    _record(uow, member, "screen.create", screen.screen_id)
    config: WebConfig = request.app.state.config
    return _page(request, uow, member, f"{config.origin}/board?token={token}")


@router.post("/screens/{screen_id}/revoke")
def revoke_screen(uow: Transaction, member: Supervisor, screen_id: UUID) -> Response:
    """Close a screen's address."""
    people.revoke_screen(uow, tenant_id=member.tenant_id, screen_id=screen_id)
    _record(uow, member, "screen.revoke", screen_id)
    return see_other("/console/office")


def _record(uow: UnitOfWork, member: Member, action: str, screen_id: UUID) -> None:
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action=action,
        subject=f"screen:{screen_id}",
    )


def _page(request: Request, uow: UnitOfWork, member: Member, address: str) -> Response:
    return render(
        request,
        "console/office.html",
        member=member,
        address=address,
        screens=people.screens_of(uow, tenant_id=member.tenant_id),
        staff=people.staff_of(uow, tenant_id=member.tenant_id),
        entries=audit.newest(uow, tenant_id=member.tenant_id, limit=100),
    )
