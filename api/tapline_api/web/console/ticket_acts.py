"""Who works on a case: a colleague, a technician, or for now nobody but the customer."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import tickets
from tapline.tickets import work_orders
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.web.console.case import acted
from tapline_api.web.console.doors import Operator

router = APIRouter()

Version = Annotated[int, Form()]
Words = Annotated[str, Form(max_length=500)]


class GoOn(StrEnum):
    """How a pause ends: the customer answered, or it was a mistake."""

    RESUME = "resume"
    UNDO = "undo"


class Mood(StrEnum):
    """How a customer is, by the ear of whoever spoke with him."""

    UPSET = "upset"
    CALM = "calm"


@router.post("/tickets/{ticket_id}/mood")
def mood(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Version,
    mood: Annotated[Mood, Form()],
) -> Response:
    """Say that the customer is upset, or calm again."""
    mark = tickets.mark_upset if mood is Mood.UPSET else tickets.mark_calm
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: mark(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
        ),
    )


@router.post("/tickets/{ticket_id}/assign")
def assign(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Version,
    staff_id: Annotated[UUID, Form()],
) -> Response:
    """A supervisor gives it to a colleague."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.assign(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff_id=staff_id,
            by=member.staff,
            version=version,
        ),
    )


@router.post("/tickets/{ticket_id}/hand-back")
def hand_back(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Version,
    reason: Words,
) -> Response:
    """Give it up, with why."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.hand_back(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
            reason=reason,
        ),
    )


@router.post("/tickets/{ticket_id}/pause")
def pause(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Version,
    reason: Words,
) -> Response:
    """Stop its clocks while the customer is waited for."""
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: tickets.pause(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
            reason=reason,
        ),
    )


@router.post("/tickets/{ticket_id}/resume")
def resume(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    version: Version,
    how: Annotated[GoOn, Form()] = GoOn.RESUME,
) -> Response:
    """Let its clocks run on, or take the pause back as if it had never been."""
    act = tickets.resume if how is GoOn.RESUME else tickets.undo_pause
    return acted(
        request,
        uow,
        member,
        ticket_id,
        lambda: act(
            uow,
            tenant_id=member.tenant_id,
            ticket_id=ticket_id,
            staff=member.staff,
            version=version,
        ),
    )


@router.post("/tickets/{ticket_id}/dispatch")
def dispatch(
    *,
    uow: Transaction,
    member: Operator,
    ticket_id: UUID,
    technician_id: Annotated[UUID, Form()],
    words: Words = "",
) -> Response:
    """Send a technician."""
    work_orders.dispatch(
        uow,
        tenant_id=member.tenant_id,
        ticket_id=ticket_id,
        technician_id=technician_id,
        staff=member.staff,
        words=words,
    )
    return see_other(f"/console/tickets/{ticket_id}")


@router.post("/work-orders/{work_order_id}/recall")
def recall(uow: Transaction, member: Operator, work_order_id: UUID, reason: Words) -> Response:
    """Call the technician off, with why."""
    work = work_orders.recall(
        uow,
        tenant_id=member.tenant_id,
        work_order_id=work_order_id,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"/console/tickets/{work.ticket_id}")
