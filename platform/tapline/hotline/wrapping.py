"""After the call: what it was about, the case that it needs, and being ready again."""

from dataclasses import replace
from uuid import UUID

from tapline import clock, people, routing, tickets
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.hotline.calls.model import Call, CallState, Direction
from tapline.hotline.calls.repository import CallRepository
from tapline.hotline.calls.service import changed, note
from tapline.hotline.dispositions import service as dispositions
from tapline.people import Staff
from tapline.tickets import About, Source, Ticket
from tapline.uow import UnitOfWork


def open_case(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    call_id: UUID,
    staff: Staff,
    category: str,
    words: str,
    about: About | None = None,
) -> Ticket:
    """Open a ticket for what a caller says, or add his words to the open one about the same.

    `about` names card, order, device or customer where they are known; the rest is the call's.

    Raises:
        DeniedError: it is a colleague's call.
    """
    call = _own(uow, tenant_id, call_id, staff)
    told = about or About()
    told = replace(
        told,
        source=Source.HOTLINE,
        call_id=call_id,
        customer_id=told.customer_id or _only_candidate(uow, call),
        facts=told.facts | {"words": words},
    )
    ticket = tickets.report(
        uow, tenant_id=tenant_id, category=category, about=told, actor=staff.name, words=words
    )
    call.ticket_id = ticket.ticket_id
    note(uow, call, "call.ticketed", ticket_id=str(ticket.ticket_id))
    changed(uow, call)
    return ticket


def dispose(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    call_id: UUID,
    code: str,
    staff: Staff,
    words: str = "",
    category: str | None = None,
    about: About | None = None,
) -> Call:
    """Say what a call was about; with a `category` also open a ticket. Ends the wrap-up.

    While they still talk it can be said beforehand. Said again, it is put right.

    Raises:
        InvalidError: no such code; the operator's list names them.
        DeniedError: it is a colleague's call.
        ConflictError: nobody has talked with the caller yet.
    """
    known = {one.code: one for one in dispositions.disposition_codes(uow, tenant_id=tenant_id)}
    if code not in known:
        raise InvalidError(f"no disposition {code!r}: choose one of {', '.join(known)}")
    call = _own(uow, tenant_id, call_id, staff)
    if category is not None and call.ticket_id is None:
        said = words.strip() or known[code].zh
        open_case(
            uow,
            tenant_id=tenant_id,
            call_id=call_id,
            staff=staff,
            category=category,
            words=said,
            about=about,
        )
    call.disposition, call.note, call.disposed_at = code, words.strip() or None, clock.now()
    note(uow, call, "call.disposed", code=code, by=staff.login)
    changed(uow, call)
    if call.state is CallState.ENDED:
        routing.end_wrap_up(uow, tenant_id=tenant_id, agent_id=str(staff.staff_id))
    return call


def _own(uow: UnitOfWork, tenant_id: str, call_id: UUID, staff: Staff) -> Call:
    call = CallRepository(uow, tenant_id).get(call_id, lock=True)
    if call.agent_id != staff.staff_id:
        raise DeniedError("this is a colleague's call: who talked says what it was about")
    if call.state in {CallState.RINGING, CallState.CONNECTING} and call.direction is Direction.IN:
        raise ConflictError("nobody has talked with the caller yet: answer first")
    return call


def _only_candidate(uow: UnitOfWork, call: Call) -> UUID | None:
    """The customer, if the number is one's alone; a number is not a person."""
    if len(call.ani) < 11:
        return None
    found = people.customers_by_phone_tail(uow, tenant_id=call.tenant_id, tail=call.ani)
    return found[0].customer_id if len(found) == 1 else None
