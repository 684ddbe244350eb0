"""Trouble at a machine in three taps: the machine, what is wrong, send. And what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import reports, tickets
from tapline.errors import NotFoundError
from tapline.tickets import EntryKind, Source, Ticket, TicketEntry
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentManager, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web import troubles
from tapline_api.web.photos import Photos, kept, shown
from tapline_api.web.troubles import Trouble
from tapline_api.words.cases import TOLD

router = APIRouter()


@router.get("/report")
def which_machine(
    request: Request,
    uow: Transaction,
    member: CurrentManager,
    q: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """His machines, what is wrong with them first, to begin a report with a tap."""
    wanted = q.strip().casefold()
    found = [
        view
        for view in reports.devices(uow, scope=member.scope)
        if wanted in f"{view.device.device_id} {view.device.spot}".casefold()
    ]
    listed = sorted(found, key=lambda view: view.condition.tone.rank)
    return render(request, "manager/which_machine.html", member=member, views=listed, q=q)


@router.get("/machines/{device_id}/report")
def report_form(
    request: Request, uow: Transaction, member: CurrentManager, device_id: str
) -> Response:
    """What is wrong, as pictures."""
    view = reports.device_history(uow, scope=member.scope, device_id=device_id, last=0).view
    return render(
        request,
        "manager/report.html",
        member=member,
        view=view,
        troubles=troubles.NAMES.items(),
    )


@router.post("/machines/{device_id}/report")
def report(
    *,
    uow: Transaction,
    member: CurrentManager,
    device_id: str,
    trouble: Annotated[Trouble, Form()],
    words: Annotated[str, Form(max_length=500)] = "",
    photos: Photos = None,
) -> Response:
    """Open the case, or add to the open one of the same trouble."""
    view = reports.device_history(uow, scope=member.scope, device_id=device_id, last=0).view
    ticket = troubles.take_down(
        uow,
        device=view.device,
        trouble=trouble,
        words=words,
        file_ids=kept(uow, member.tenant_id, photos or []),
        source=Source.PROPERTY,
        actor=member.staff.name,
    )
    return see_other(f"/manager/cases/{ticket.ticket_id}?thanks=1")


@router.get("/cases/{ticket_id}")
def case(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentManager,
    ticket_id: UUID,
    thanks: bool = False,
) -> Response:
    """Its number, its clocks, and what has happened."""
    ticket, site = reports.site_ticket(uow, scope=member.scope, ticket_id=ticket_id)
    return render(
        request,
        "manager/case.html",
        member=member,
        case=ticket,
        site=site,
        entries=_entries(uow, member, ticket),
        thanks=thanks,
    )


@router.get("/cases/{ticket_id}/photos/{file_id}")
def photo(uow: Transaction, member: CurrentManager, ticket_id: UUID, file_id: UUID) -> Response:
    """A photo that he sent."""
    ticket, _ = reports.site_ticket(uow, scope=member.scope, ticket_id=ticket_id)
    if not any(str(file_id) in entry.file_ids for entry in _entries(uow, member, ticket)):
        raise NotFoundError("no such photo")
    return shown(uow, member.tenant_id, file_id)


def _entries(uow: UnitOfWork, member: Member, ticket: Ticket) -> list[TicketEntry]:
    """Where the case stands, and of what was said his own words: a customer's are not his."""
    every = tickets.timeline(uow, tenant_id=member.tenant_id, ticket_id=ticket.ticket_id)
    return [
        entry
        for entry in every
        if entry.kind.value in TOLD
        and (entry.kind is not EntryKind.COMMENT or entry.actor == member.staff.name)
    ]
