"""Tickets: the queue, one case, and what can be done with it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from tapline import tickets
from tapline.tickets import EntryKind, Outcome, Priority, Source, Ticket, TicketState
from tapline.tickets.sentences import headline
from tapline_api.deps import ApiAgent, Transaction
from tapline_api.formats import mask_card
from tapline_api.localisation import locale_of

router = APIRouter(prefix="/tickets", tags=["tickets"])

_BIGGEST = 2**31


class TicketOut(BaseModel):
    """`version` is to be sent back with a change: it is refused where somebody was faster."""

    ticket_id: UUID
    number: str
    headline: str
    source: Source
    category: str
    priority: Priority
    state: TicketState
    device_id: str | None
    card: str | None
    owner_id: UUID | None
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    version: int


class EntryOut(BaseModel):
    kind: EntryKind
    actor: str
    body: str
    at: datetime


class TicketDetail(TicketOut):
    timeline: list[EntryOut]


class Seen(BaseModel):
    """The version that was looked at."""

    version: int = Field(ge=0, lt=_BIGGEST)


class Closing(Seen):
    outcome: Outcome
    body: str = Field("", max_length=2000)


class Comment(BaseModel):
    body: str = Field(min_length=1, max_length=2000)


@router.get("")
def list_tickets(
    request: Request,
    uow: Transaction,
    member: ApiAgent,
    closed: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[TicketOut]:
    """Those to work on, longest waiting first; or those closed."""
    states = [TicketState.CLOSED] if closed else [TicketState.OPEN, TicketState.TAKEN]
    listed = tickets.listed(uow, tenant_id=member.tenant_id, states=states, limit=limit)
    return [TicketOut(**_fields(ticket, request)) for ticket in listed]


@router.get("/{ticket_id}")
def get_ticket(
    request: Request, uow: Transaction, member: ApiAgent, ticket_id: UUID
) -> TicketDetail:
    """One case with its timeline."""
    ticket = tickets.get(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    entries = tickets.timeline(uow, tenant_id=member.tenant_id, ticket_id=ticket_id)
    return TicketDetail(
        **_fields(ticket, request),
        timeline=[
            EntryOut(kind=entry.kind, actor=entry.actor, body=entry.body, at=entry.at)
            for entry in entries
        ],
    )


@router.post("/{ticket_id}/take")
def take_ticket(
    request: Request, uow: Transaction, member: ApiAgent, ticket_id: UUID, body: Seen
) -> TicketOut:
    """Make it one's own."""
    ticket = tickets.take(
        uow,
        tenant_id=member.tenant_id,
        ticket_id=ticket_id,
        staff=member.staff,
        version=body.version,
    )
    return TicketOut(**_fields(ticket, request))


@router.post("/{ticket_id}/comment")
def comment_ticket(
    request: Request, uow: Transaction, member: ApiAgent, ticket_id: UUID, body: Comment
) -> TicketOut:
    """Add words."""
    ticket = tickets.comment(
        uow, tenant_id=member.tenant_id, ticket_id=ticket_id, staff=member.staff, body=body.body
    )
    return TicketOut(**_fields(ticket, request))


@router.post("/{ticket_id}/close")
def close_ticket(
    request: Request, uow: Transaction, member: ApiAgent, ticket_id: UUID, body: Closing
) -> TicketOut:
    """Close it with what came of it."""
    ticket = tickets.close(
        uow,
        tenant_id=member.tenant_id,
        ticket_id=ticket_id,
        staff=member.staff,
        version=body.version,
        outcome=body.outcome,
        body=body.body,
    )
    return TicketOut(**_fields(ticket, request))


@router.post("/{ticket_id}/reopen")
def reopen_ticket(
    request: Request, uow: Transaction, member: ApiAgent, ticket_id: UUID, body: Seen
) -> TicketOut:
    """Take up a closed one again."""
    ticket = tickets.reopen(
        uow,
        tenant_id=member.tenant_id,
        ticket_id=ticket_id,
        staff=member.staff,
        version=body.version,
    )
    return TicketOut(**_fields(ticket, request))


def _fields(ticket: Ticket, request: Request) -> dict[str, Any]:
    return {
        "ticket_id": ticket.ticket_id,
        "number": ticket.number,
        "headline": headline(ticket, locale_of(request)),
        "source": ticket.source,
        "category": ticket.category,
        "priority": ticket.priority,
        "state": ticket.state,
        "device_id": ticket.device_id,
        "card": mask_card(ticket.card_no) if ticket.card_no else None,
        "owner_id": ticket.owner_id,
        "outcome": ticket.outcome,
        "opened_at": ticket.opened_at,
        "closed_at": ticket.closed_at,
        "version": ticket.version,
    }
