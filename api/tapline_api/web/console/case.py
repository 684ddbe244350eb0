"""One case as the desk works on it: its evidence, whoever is sent, and what may be done next."""

from collections.abc import Callable
from uuid import UUID

from fastapi import Request, Response, status

from tapline import cards, faults, ledger, people, reports, tickets
from tapline.errors import ConflictError
from tapline.faults import Prediction
from tapline.people import Role
from tapline.reconciliation import Finding
from tapline.refunds import Refund, RefundState
from tapline.reports import Case
from tapline.tickets import Ticket, work_orders
from tapline.uow import UnitOfWork
from tapline_api.deps import Member
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.evidence import evidence_of
from tapline_api.web.console.review import names_of


def case_page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    ticket_id: UUID,
    *,
    finding_id: UUID | None = None,
    clash: bool = False,
) -> Response:
    """The page of a case; `clash` where a colleague was faster."""
    case = reports.desk_case(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    ticket = case.row.ticket
    finding = _chosen(case, finding_id)
    shown = evidence_of(uow, member.tenant_id, finding) if finding else None
    staff = people.staff_of(uow, tenant_id=member.tenant_id)
    at_work = [one for one in staff if one.disabled_at is None]
    return render(
        request,
        "console/ticket.html",
        status_code=status.HTTP_409_CONFLICT if clash else status.HTTP_200_OK,
        member=member,
        case=case,
        clash=case.entries[-1].actor if clash and case.entries else "",
        shown=shown,
        outcomes=tickets.outcomes(ticket.source),
        refund=shown.refund if shown and _waits(shown.refund) else None,
        balance=_balance(uow, member, ticket),
        customer=_customer(uow, member, ticket),
        foreseen=_foreseen(uow, ticket),
        works=work_orders.of_ticket(uow, tenant_id=member.tenant_id, ticket_id=ticket_id),
        names=names_of(uow, member.tenant_id),
        colleagues=[one for one in at_work if one.role in {Role.AGENT, Role.SUPERVISOR}],
        technicians=[one for one in at_work if one.role is Role.TECHNICIAN],
    )


def acted(
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
        with uow.attempt():
            act()
    except ConflictError:
        return case_page(request, uow, member, ticket_id, clash=True)
    return see_other(then or f"/console/tickets/{ticket_id}")


def _chosen(case: Case, finding_id: UUID | None) -> Finding | None:
    """The finding to show in full: the one asked for, else the newest."""
    chosen = (one for one in case.findings if one.finding_id == finding_id)
    return next(chosen, case.findings[0] if case.findings else None)


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


def _foreseen(uow: UnitOfWork, ticket: Ticket) -> Prediction | None:
    if ticket.prediction_id is None:
        return None
    return faults.prediction(uow, tenant_id=ticket.tenant_id, prediction_id=ticket.prediction_id)
