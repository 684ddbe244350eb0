"""Trouble at a machine, told by whoever stands there: the code on it, what is wrong, send."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from tapline import clock, reports, tickets
from tapline.errors import NotFoundError, TooManyError
from tapline.people import Role, Scope
from tapline.tickets import Source, Ticket
from tapline.uow import UnitOfWork
from tapline.water import publication
from tapline_api.deps import Member, Transaction, staff_session
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import troubles
from tapline_api.web.photos import Photos, kept
from tapline_api.web.public.foot import foot
from tapline_api.web.troubles import Trouble

router = APIRouter()

_ACTOR = "QR"
_REPORTS_MAX = 20
_WITHIN = timedelta(hours=1)
"""More than so many of one trouble at one machine tell nobody anything new."""


@router.get("/{device_id}/report")
def report_form(
    request: Request,
    uow: Transaction,
    member: Annotated[Member | None, Depends(staff_session)],
    device_id: str,
) -> Response:
    """What is wrong, as pictures; a manager of the site goes on to his own form."""
    found, *_ = publication.of_machine(uow, device_id=device_id)
    if member is not None and _manages(uow, member, device_id):
        return see_other(f"/manager/machines/{device_id}/report")
    return render(
        request,
        "public/report.html",
        water=found,
        troubles=troubles.NAMES.items(),
        case=None,
        **foot(uow, found.tenant_id),
    )


@router.post("/{device_id}/report")
def report(
    *,
    request: Request,
    uow: Transaction,
    device_id: str,
    trouble: Annotated[Trouble, Form()],
    words: Annotated[str, Form(max_length=200)] = "",
    photos: Photos = None,
) -> Response:
    """Open the case or add to the open one; its number and clock. Nobody's name is asked for."""
    found, *_ = publication.of_machine(uow, device_id=device_id)
    scope = Scope(found.tenant_id)
    device = reports.device_history(uow, scope=scope, device_id=device_id, last=0).view.device
    case = troubles.take_down(
        uow,
        device=device,
        trouble=trouble,
        words=words,
        file_ids=kept(uow, found.tenant_id, photos or []),
        source=Source.LABEL,
        actor=_ACTOR,
    )
    _check_not_flooded(uow, case)
    return render(
        request,
        "public/report.html",
        water=found,
        troubles=(),
        case=case,
        **foot(uow, found.tenant_id),
    )


def _manages(uow: UnitOfWork, member: Member, device_id: str) -> bool:
    if member.staff.role is not Role.MANAGER:
        return False
    try:
        reports.device_history(uow, scope=member.scope, device_id=device_id, last=0)
    except NotFoundError:
        return False
    return True


def _check_not_flooded(uow: UnitOfWork, case: Ticket) -> None:
    """Refuse, and keep nothing of it, where somebody plays with the form."""
    entries = tickets.timeline(uow, tenant_id=case.tenant_id, ticket_id=case.ticket_id)
    since = clock.now() - _WITHIN
    if sum(entry.actor == _ACTOR and entry.at > since for entry in entries) > 2 * _REPORTS_MAX:
        raise TooManyError(
            "this was told often enough: somebody is at it", retry_s=int(_WITHIN.total_seconds())
        )
