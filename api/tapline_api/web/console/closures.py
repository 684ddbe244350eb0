"""When sites are closed, and the flushes before they open."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import clock, devices, sites
from tapline.errors import InvalidError
from tapline.rosters import openings
from tapline.sites import closures
from tapline.sites.closures import ClosureKind, Span
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/closures")

_BACK = timedelta(days=14)
Moment = Annotated[str, Form(max_length=16)]


@router.get("")
def page(request: Request, uow: Transaction, member: Operator) -> Response:
    """Closures now and to come, flushes lately, and announcing one."""
    now = clock.now()
    places = sites.listed(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/closures.html",
        member=member,
        closures=closures.listed(uow, tenant_id=member.tenant_id, since=now - _BACK),
        names={one.site_id: one for one in places},
        sites=places,
        machines=devices.listed(uow, tenant_id=member.tenant_id),
        kinds=list(ClosureKind),
        flushes=openings.listed(uow, tenant_id=member.tenant_id),
        moment=now,
    )


@router.post("")
def announce(
    *,
    uow: Transaction,
    member: Operator,
    site: Annotated[UUID, Form()],
    cause: Annotated[ClosureKind, Form()],
    began_at: Moment,
    words: Annotated[str, Form(max_length=200)],
    ends_at: Moment = "",
    machine: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """A site, or one machine of it, is not used for a while."""
    began = _read(began_at)
    if began is None:
        raise InvalidError("say when it begins")
    if machine:
        devices.get(uow, tenant_id=member.tenant_id, device_id=machine)
    closures.announce(
        uow,
        tenant_id=member.tenant_id,
        site_id=site,
        kind=cause,
        span=Span(began, _read(ends_at), words),
        actor=member.actor,
        device_id=machine or None,
    )
    return see_other("/console/closures")


@router.post("/{closure_id}")
def change(uow: Transaction, member: Operator, closure_id: UUID, ends_at: Moment = "") -> Response:
    """It ends at another time."""
    closures.change(
        uow,
        tenant_id=member.tenant_id,
        closure_id=closure_id,
        ends_at=_read(ends_at),
        actor=member.actor,
    )
    return see_other("/console/closures")


@router.post("/{closure_id}/withdraw")
def withdraw(uow: Transaction, member: Operator, closure_id: UUID) -> Response:
    """It does not take place."""
    closures.withdraw(uow, tenant_id=member.tenant_id, closure_id=closure_id, actor=member.actor)
    return see_other("/console/closures")


@router.post("/flushes/{device_id}/{opens_on}")
def acknowledge(
    *,
    uow: Transaction,
    member: Operator,
    device_id: str,
    opens_on: date,
    words: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """A machine was flushed by hand, or need not be: it sells again."""
    openings.acknowledge(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        opens_on=opens_on,
        actor=member.actor,
        words=words,
    )
    return see_other("/console/closures")


def _read(text: str) -> datetime | None:
    """A moment of the business clock, as a browser's field has it; None where it is empty."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.BUSINESS_ZONE)
    except ValueError:
        raise InvalidError("choose a day and a time") from None
