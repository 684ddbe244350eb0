"""What a customer has told us, what came of it, and whether it is settled."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, status

from tapline import clock, policy, tickets
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.tickets import EntryKind, Source, Ticket, TicketEntry, TicketState
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import shown
from tapline_api.words.cases import TOLD

router = APIRouter(prefix="/cases")

_SOURCES = {Source.PORTAL, Source.HOTLINE, Source.DESK, Source.ORDER}


def told(cases: Sequence[Ticket]) -> list[Ticket]:
    """Those that are the customer's: what machines found is between us and the machines."""
    return [ticket for ticket in cases if ticket.source in _SOURCES]


@router.get("")
def cases_page(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """All of them, newest first."""
    known = tickets.of_customer(
        uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id
    )
    return render(request, "portal/cases.html", holder=holder, cases=told(known))


@router.get("/{ticket_id}")
def case_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    ticket_id: UUID,
    thanks: bool = False,
) -> Response:
    """What happened, and whether it is over."""
    return _page(request, uow, holder, _own(uow, holder, ticket_id), thanks=thanks)


@router.post("/{ticket_id}/answer")
def answer(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    ticket_id: UUID,
    settled: Annotated[bool, Form()] = False,
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """It is over, or it is not; a closed case goes on for as many days as policy says."""
    ticket = _own(uow, holder, ticket_id)
    try:
        with uow.attempt():
            tickets.confirm(
                uow,
                tenant_id=holder.tenant_id,
                ticket_id=ticket_id,
                customer_id=holder.customer.customer_id,
                settled=settled,
                words=words,
            )
    except (ConflictError, InvalidError) as error:
        return _page(request, uow, holder, ticket, why=error.code)
    return see_other(f"/portal/cases/{ticket_id}")


@router.get("/{ticket_id}/photos/{file_id}")
def photo(uow: Transaction, holder: CurrentCustomer, ticket_id: UUID, file_id: UUID) -> Response:
    """A photo that the customer sent."""
    ticket = _own(uow, holder, ticket_id)
    if not any(str(file_id) in entry.file_ids for entry in _entries(uow, holder, ticket)):
        raise NotFoundError("no such photo")
    return shown(uow, holder.tenant_id, file_id)


def _page(
    request: Request,
    uow: UnitOfWork,
    holder: Holder,
    ticket: Ticket,
    *,
    thanks: bool = False,
    why: str = "",
) -> Response:
    entries = _entries(uow, holder, ticket)
    codes = {"": status.HTTP_200_OK, "invalid": status.HTTP_422_UNPROCESSABLE_CONTENT}
    return render(
        request,
        "portal/case.html",
        status_code=codes.get(why, status.HTTP_409_CONFLICT),
        holder=holder,
        case=ticket,
        entries=entries,
        may_settle=_may_settle(ticket, entries),
        may_add=ticket.state is not TicketState.CLOSED or _is_recent(uow, ticket),
        thanks=thanks,
        why=why,
    )


def _own(uow: UnitOfWork, holder: Holder, ticket_id: UUID) -> Ticket:
    """The customer's case; another's does not exist for him."""
    ticket = tickets.get(uow, tenant_id=holder.tenant_id, ticket_id=ticket_id)
    if ticket.customer_id != holder.customer.customer_id or not told([ticket]):
        raise NotFoundError("no such case")
    return ticket


def _entries(uow: UnitOfWork, holder: Holder, ticket: Ticket) -> list[TicketEntry]:
    """What of a timeline is the customer's to read: his own words, and where the case stands."""
    every = tickets.timeline(uow, tenant_id=holder.tenant_id, ticket_id=ticket.ticket_id)
    return [
        entry
        for entry in every
        if entry.kind.value in TOLD
        and (entry.kind is not EntryKind.COMMENT or entry.actor == holder.actor)
    ]


def _may_settle(ticket: Ticket, entries: Sequence[TicketEntry]) -> bool:
    """Whether there is something to say yes to: work is done, and he has not said so yet."""
    steps = {EntryKind.OPENED, EntryKind.REOPENED, EntryKind.DISPATCHED, EntryKind.WORK_FINISHED}
    steps |= {EntryKind.CLOSED, EntryKind.CONFIRMED}
    last = next((entry.kind for entry in reversed(entries) if entry.kind in steps), None)
    if ticket.state is TicketState.CLOSED:
        return last is EntryKind.CLOSED
    return last is EntryKind.WORK_FINISHED


def _is_recent(uow: UnitOfWork, ticket: Ticket) -> bool:
    in_force = policy.current(uow, tenant_id=ticket.tenant_id)
    window = timedelta(seconds=in_force.ticket_reopen_window_s)
    return ticket.closed_at is not None and clock.now() - ticket.closed_at <= window
