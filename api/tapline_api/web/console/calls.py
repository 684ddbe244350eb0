"""Calls: the list, one call with everything known of its caller, promised call-backs."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import audit, clock, hotline, people, routing
from tapline.errors import DeniedError
from tapline.hotline import Call, CallRecord, Outcome
from tapline.tickets import About
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.pop import pop_of

router = APIRouter(prefix="/calls")

_LIKELY = {
    "water": "device_fault",
    "emergency": "leak",
    "barrels": "order_undelivered",
    "cards": "balance_wrong",
}
"""The case that each choice in the menu most often turns out to be."""
_SHOWN = 200
_EXPORTED = 5000
_COLUMNS = (
    "begun_at",
    "direction",
    "caller",
    "number",
    "keys",
    "outcome",
    "wait_s",
    "talk_s",
    "agent",
    "disposition",
)
Ani = Annotated[str | None, Query(pattern=r"^\+?\d{0,15}$")]


@router.get("")
def calls_page(
    request: Request,
    uow: Transaction,
    member: Operator,
    outcome: Outcome | None = None,
    ani: Ani = None,
) -> Response:
    """Calls newest first, those of the moment on top, and what we promised."""
    records = hotline.call_records(
        uow, tenant_id=member.tenant_id, outcome=outcome, ani=ani or None, limit=_SHOWN
    )
    return render(
        request,
        "console/calls.html",
        member=member,
        records=records,
        names=_names(uow, member),
        outcome=outcome,
        outcomes=list(Outcome),
        ani=ani or "",
        promises=hotline.call_backs(uow, tenant_id=member.tenant_id),
        figures=hotline.figures(
            uow, tenant_id=member.tenant_id, day=clock.business_date(clock.now())
        ),
    )


@router.get("/export.csv")
def export(
    uow: Transaction, member: Operator, days: Annotated[int, Query(ge=1, le=92)] = 7
) -> Response:
    """The records of the last days as a table for any spreadsheet; that is on record."""
    start = datetime.combine(clock.business_date(clock.now()), time(), clock.BUSINESS_ZONE)
    since = start - timedelta(days=days - 1)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="calls.export",
        subject=f"calls:{days}d",
    )
    records = hotline.call_records(uow, tenant_id=member.tenant_id, since=since, limit=_EXPORTED)
    text = _table(_rows(records, _names(uow, member)))
    name = f"calls-{clock.business_date(clock.now()):%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/back/{callback_id}")
def call_back_page(uow: Transaction, member: Operator, callback_id: UUID) -> Response:
    """A promise is shown with the call in which it was made."""
    promise = hotline.call_back(uow, tenant_id=member.tenant_id, callback_id=callback_id)
    return see_other(f"/console/calls/{promise.call_id or promise.origin_call_id}")


@router.get("/{call_id}")
def call_page(request: Request, uow: Transaction, member: Operator, call_id: UUID) -> Response:
    """One call. While it rings or is talked, only its own agent sees who calls."""
    return _page(request, uow, member, call_id, action="call.read")


@router.get("/{call_id}/dispose")
def dispose_form(request: Request, uow: Transaction, member: Operator, call_id: UUID) -> Response:
    """What it was about, as soon as somebody talks: an open page fetches it by itself."""
    return _talked(request, uow, member, call_id, "console/call_dispose.html")


@router.get("/{call_id}/ticket")
def ticket_form(request: Request, uow: Transaction, member: Operator, call_id: UUID) -> Response:
    """The case of what the caller says, as soon as somebody talks."""
    return _talked(request, uow, member, call_id, "console/call_ticket.html")


@router.post("/{call_id}/reveal")
def reveal(request: Request, uow: Transaction, member: Operator, call_id: UUID) -> Response:
    """The same page with names and numbers in full; that is on record, too."""
    return _page(request, uow, member, call_id, action="customer.reveal")


@router.post("/{call_id}/ticket")
def open_ticket(
    *,
    uow: Transaction,
    member: Operator,
    call_id: UUID,
    category: Annotated[str, Form(pattern=r"^[a-z_]{1,32}$")],
    words: Annotated[str, Form(min_length=1, max_length=1000)],
    card_no: Annotated[str, Form(max_length=32)] = "",
    order_id: Annotated[UUID | None, Form()] = None,
    device_id: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """Open a case for what the caller says."""
    about = About(card_no=card_no or None, order_id=order_id, device_id=device_id or None)
    ticket = hotline.open_case(
        uow,
        tenant_id=member.tenant_id,
        call_id=call_id,
        staff=member.staff,
        category=category,
        words=words,
        about=about,
    )
    return see_other(f"/console/tickets/{ticket.ticket_id}")


def _talked(
    request: Request, uow: UnitOfWork, member: Member, call_id: UUID, template: str
) -> Response:
    """A form for the agent of a call; nothing before it was answered."""
    call = hotline.call(uow, tenant_id=member.tenant_id, call_id=call_id)
    if call.agent_id != member.staff.staff_id:
        raise DeniedError("this call is a colleague's: its own agent says what it was about")
    record = hotline.record(uow, tenant_id=member.tenant_id, call_id=call_id)
    if record.answered_at is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return render(
        request,
        template,
        member=member,
        call=call,
        dispositions=hotline.disposition_codes(uow, tenant_id=member.tenant_id),
        likely=_LIKELY.get(call.intent or "", ""),
        pop=pop_of(uow, member, call.ani),
    )


def _page(
    request: Request, uow: UnitOfWork, member: Member, call_id: UUID, *, action: str
) -> Response:
    call = hotline.call(uow, tenant_id=member.tenant_id, call_id=call_id)
    mine = call.agent_id == member.staff.staff_id
    if not mine and call.ended_at is None and member.staff.role is people.Role.AGENT:
        raise DeniedError("this call is a colleague's: you see it when it has ended")
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action=action,
        subject=f"call:{call_id}",
    )
    return render(
        request,
        "console/call.html",
        member=member,
        call=call,
        record=hotline.record(uow, tenant_id=member.tenant_id, call_id=call_id),
        events=hotline.call_events(uow, tenant_id=member.tenant_id, call_id=call_id),
        names=_names(uow, member),
        is_routed=bool(routing.why(uow, tenant_id=member.tenant_id, work_id=call.work_id)),
        mine=mine,
        shown=action == "customer.reveal",
        dispositions=hotline.disposition_codes(uow, tenant_id=member.tenant_id),
        likely=_LIKELY.get(call.intent or "", ""),
        pop=pop_of(uow, member, call.ani),
    )


def _names(uow: UnitOfWork, member: Member) -> dict[UUID, str]:
    return {one.staff_id: one.name for one in people.staff_of(uow, tenant_id=member.tenant_id)}


def _rows(
    records: Sequence[tuple[CallRecord, Call]], names: dict[UUID, str]
) -> Iterator[tuple[object, ...]]:
    for record, call in records:
        yield (
            record.begun_at.astimezone(clock.BUSINESS_ZONE).isoformat(timespec="seconds"),
            record.direction.value,
            record.ani,
            record.number,
            record.keys,
            record.outcome.value if record.outcome else "",
            record.wait_s,
            record.talk_s,
            names.get(record.agent_id, "") if record.agent_id else "",
            call.disposition or "",
        )


def _table(rows: Iterator[tuple[object, ...]]) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    table.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()  # spreadsheets tell UTF-8 by this mark


def _cell(value: object) -> str:
    """A tab keeps numbers as they are written, and what begins like a formula from being one."""
    text = "" if value is None else str(value)
    is_text = not isinstance(value, int) and text[:1] in set("=+-@0123456789")
    return f"\t{text}" if is_text else text
