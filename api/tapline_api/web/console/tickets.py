"""The queue, and the life of one case: taken, commented on, closed, opened again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import reports, tickets
from tapline.errors import NotFoundError
from tapline.people import Role
from tapline.tickets import Outcome, Ticket
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.case import acted, case_page
from tapline_api.web.console.doors import Operator

router = APIRouter()


@router.get("")
def queue_page(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    closed: bool = False,
    undo: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Tickets to work on; just after closing one, with the way back. Finance begins elsewhere."""
    if member.staff.role is Role.FINANCE:
        return see_other("/console/payments")
    return render(
        request,
        "console/tickets.html",
        member=member,
        queue=reports.queue(uow, tenant_id=member.tenant_id, closed=closed),
        closed=closed,
        undo=_closed_ticket(uow, member, undo),
    )


@router.get("/queue")
def queue_rows(request: Request, uow: Transaction, member: Operator) -> Response:
    """The rows alone, for the page to refresh itself."""
    queue = reports.queue(uow, tenant_id=member.tenant_id)
    return render(request, "console/rows.html", queue=queue, closed=False)


@router.get("/tickets/{ticket_id}")
def ticket_page(
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    finding: UUID | None = None,
) -> Response:
    """One case: what was found, one finding with everything behind it, and what to do next."""
    return case_page(request, uow, member, ticket_id, finding_id=finding)


@router.get("/tickets/{ticket_id}/timeline")
def timeline(request: Request, uow: Transaction, member: Operator, ticket_id: UUID) -> Response:
    """The timeline alone, for the page to refresh itself."""
    case = reports.desk_case(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    return render(request, "console/timeline.html", case=case)


@router.post("/tickets/{ticket_id}/take")
def take(
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Annotated[int, Form()],
) -> Response:
    """Make it one's own."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.take(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
        ),
    )


@router.post("/tickets/{ticket_id}/comment")
def comment(
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    body: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Add words, whatever others did meanwhile."""
    tickets.comment(
        uow, tenant_id=member.tenant_id, ticket_id=ticket_id, staff=member.staff, body=body
    )
    return see_other(f"/console/tickets/{ticket_id}")


@router.post("/tickets/{ticket_id}/close")
def close(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Annotated[int, Form()],
    outcome: Annotated[Outcome, Form()],
) -> Response:
    """Close it and return to the queue, which offers to undo that."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.close(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
            outcome=outcome,
        ),
        then=f"/console?undo={ticket_id}",
    )


@router.post("/tickets/{ticket_id}/reopen")
def reopen(
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Annotated[int, Form()],
) -> Response:
    """Take up a closed one again."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.reopen(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
        ),
    )


def _closed_ticket(uow: UnitOfWork, member: Member, ticket_id: UUID | None) -> Ticket | None:
    """The ticket just closed, unless it is open again by now."""
    if ticket_id is None:
        return None
    try:
        ticket = tickets.get(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    except NotFoundError:
        return None
    return ticket if ticket.state is tickets.TicketState.CLOSED else None
