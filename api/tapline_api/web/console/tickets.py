"""The queue, and one case with its evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import cards, ledger, people, refunds, reports, tickets
from tapline.errors import ConflictError, NotFoundError
from tapline.ledger import StatementLine
from tapline.reconciliation import Finding
from tapline.refunds import Refund, RefundState
from tapline.reports import Case, Pour
from tapline.tickets import Outcome, Ticket
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter()


@router.get("")
def queue_page(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    closed: bool = False,
    undo: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Tickets to work on; just after closing one, with the way back."""
    return render(
        request,
        "console/tickets.html",
        member=member,
        queue=reports.queue(uow, tenant_id=member.tenant_id, closed=closed),
        closed=closed,
        undo=_closed_ticket(uow, member, undo),
    )


@router.get("/queue")
def queue_rows(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """The rows alone, for the page to refresh itself."""
    queue = reports.queue(uow, tenant_id=member.tenant_id)
    return render(request, "console/rows.html", queue=queue, closed=False)


@router.get("/tickets/{ticket_id}")
def ticket_page(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    ticket_id: UUID,
    finding: UUID | None = None,
) -> Response:
    """One case: what was found, one finding with everything behind it, and what to do next."""
    return _page(request, uow, member, ticket_id, finding_id=finding)


@router.get("/tickets/{ticket_id}/timeline")
def timeline(request: Request, uow: Transaction, member: CurrentAgent, ticket_id: UUID) -> Response:
    """The timeline alone, for the page to refresh itself."""
    case = reports.desk_case(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    return render(request, "console/timeline.html", case=case)


@router.post("/tickets/{ticket_id}/take")
def take(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    ticket_id: UUID,
    version: Annotated[int, Form()],
) -> Response:
    """Make it one's own."""
    return _acted(
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
    member: CurrentAgent,
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
    member: CurrentAgent,
    ticket_id: UUID,
    version: Annotated[int, Form()],
    outcome: Annotated[Outcome, Form()],
) -> Response:
    """Close it and return to the queue, which offers to undo that."""
    return _acted(
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
    member: CurrentAgent,
    ticket_id: UUID,
    version: Annotated[int, Form()],
) -> Response:
    """Take up a closed one again."""
    return _acted(
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


def _acted(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    ticket_id: UUID,
    act: Callable[[], Ticket],
    *,
    then: str | None = None,
) -> Response:
    """Do it and show what it led to; where a colleague was faster, show what he did."""
    try:
        act()
    except ConflictError:
        return _page(request, uow, member, ticket_id, clash=True)
    return see_other(then or f"/console/tickets/{ticket_id}")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A finding with what the machine, the card and the ledger say around it."""

    finding: Finding
    neighbours: list[Pour]
    chain: list[Pour]
    lines: list[StatementLine]
    refund: Refund | None


def _page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    ticket_id: UUID,
    *,
    finding_id: UUID | None = None,
    clash: bool = False,
) -> Response:
    case = reports.desk_case(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    ticket = case.row.ticket
    finding = _chosen(case, finding_id)
    shown = _evidence(uow, member.tenant_id, finding) if finding else None
    return render(
        request,
        "console/ticket.html",
        status_code=status.HTTP_409_CONFLICT if clash else status.HTTP_200_OK,
        member=member,
        case=case,
        clash=case.entries[-1].actor if clash and case.entries else "",
        shown=shown,
        outcomes=list(Outcome),
        refund=shown.refund if shown and _waits(shown.refund) else None,
        balance=_balance(uow, member, ticket),
        customer=_customer(uow, member, ticket),
    )


def _chosen(case: Case, finding_id: UUID | None) -> Finding | None:
    """The finding to show in full: the one asked for, else the newest."""
    chosen = (one for one in case.findings if one.finding_id == finding_id)
    return next(chosen, case.findings[0] if case.findings else None)


def _evidence(uow: UnitOfWork, tenant_id: str, finding: Finding) -> _Evidence:
    device_id, seq, card_no = finding.device_id, finding.seq, finding.card_no
    return _Evidence(
        finding,
        reports.neighbours(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
        reports.chain(uow, tenant_id=tenant_id, card_no=card_no, limit=12) if card_no else [],
        reports.ledger_lines(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
        refunds.of_pour(uow, tenant_id=tenant_id, device_id=device_id, seq=seq),
    )


def _waits(refund: Refund | None) -> bool:
    """Whether its money waits for a person."""
    return refund is not None and refund.state is RefundState.REVIEW


def _balance(uow: UnitOfWork, member: Member, ticket: Ticket) -> ledger.CardBalance | None:
    if ticket.card_no is None:
        return None
    known = cards.known(uow, tenant_id=member.tenant_id, card_nos=[ticket.card_no])
    if not known:
        return None
    return ledger.card(uow, tenant_id=member.tenant_id, card_no=ticket.card_no)


def _customer(uow: UnitOfWork, member: Member, ticket: Ticket) -> people.Customer | None:
    if ticket.customer_id is None:
        return None
    return people.find_customer(uow, tenant_id=member.tenant_id, customer_id=ticket.customer_id)


def _closed_ticket(uow: UnitOfWork, member: Member, ticket_id: UUID | None) -> Ticket | None:
    """The ticket just closed, unless it is open again by now."""
    if ticket_id is None:
        return None
    try:
        ticket = tickets.get(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    except NotFoundError:
        return None
    return ticket if ticket.state is tickets.TicketState.CLOSED else None
