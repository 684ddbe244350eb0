"""What an agent has before him, at the top of every page: presence, what is offered, the call."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request, Response

from tapline import hotline, refunds, routing, tickets
from tapline.errors import ConflictError, NotFoundError
from tapline.routing import Presence
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render
from tapline_api.web.console.desk import page_of
from tapline_api.web.console.doors import Operator

router = APIRouter()

PAUSES = ("break", "meal", "paperwork", "training")
_HOME = "/console"

OfferId = Annotated[str, Path(pattern=r"^[a-z]{1,16}:[0-9a-f-]{1,40}\.\d{1,9}$")]
Back = Annotated[str, Form(max_length=300)]


@router.get("/work")
def work(
    request: Request,
    uow: Transaction,
    member: Operator,
    back: Annotated[str, Query(max_length=300)] = _HOME,
) -> Response:
    """The strip that every page fetches for itself, again whenever something moves."""
    agent_id = str(member.staff.staff_id)
    seen = routing.agent_view(uow, tenant_id=member.tenant_id, agent_id=agent_id)
    return render(
        request,
        "console/work.html",
        member=member,
        seen=seen,
        current=hotline.current_for(uow, tenant_id=member.tenant_id, agent_id=agent_id),
        pauses=PAUSES,
        back=local_path(back, otherwise=_HOME),
        page_of=page_of,
    )


@router.post("/presence")
def set_presence(
    uow: Transaction,
    member: Operator,
    presence: Annotated[Presence, Form()],
    reason: Annotated[str, Form(pattern=r"^[a-z]{0,16}$")] = "",
    back: Back = _HOME,
) -> Response:
    """Ready, not ready, or away; during a call it applies after it."""
    routing.set_presence(
        uow,
        tenant_id=member.tenant_id,
        agent_id=str(member.staff.staff_id),
        presence=presence,
        reason=reason,
    )
    return see_other(local_path(back, otherwise=_HOME))


@router.post("/offers/{offer_id}/accept")
def accept(uow: Transaction, member: Operator, offer_id: OfferId) -> Response:
    """Take what is offered, and go to where it is worked on."""
    return see_other(_accepted(uow, member, offer_id))


@router.post("/offers/{offer_id}/decline")
def decline(
    uow: Transaction,
    member: Operator,
    offer_id: OfferId,
    reason: Annotated[str, Form(pattern=r"^[a-z_]{0,16}$")] = "",
    back: Back = _HOME,
) -> Response:
    """Let it go to the next; it keeps its place. One that has ended by itself stays ended."""
    tenant_id, agent_id = member.tenant_id, str(member.staff.staff_id)
    seen = routing.agent_view(uow, tenant_id=tenant_id, agent_id=agent_id)
    if seen and seen.offer and seen.offer.offer_id == offer_id:
        routing.decline(
            uow, tenant_id=tenant_id, offer_id=offer_id, agent_id=agent_id, reason=reason
        )
    elif not routing.why(uow, tenant_id=tenant_id, work_id=offer_id.rpartition(".")[0]):
        raise NotFoundError("the desk has never offered this")
    return see_other(local_path(back, otherwise=_HOME))


@router.post("/calls/{call_id}/hang-up")
def hang_up(uow: Transaction, member: Operator, call_id: UUID) -> Response:
    """End the conversation."""
    hotline.hang_up(uow, tenant_id=member.tenant_id, call_id=call_id, staff=member.staff)
    return see_other(f"/console/calls/{call_id}")


@router.post("/calls/{call_id}/hold")
def hold(
    uow: Transaction, member: Operator, call_id: UUID, held: Annotated[bool, Form()]
) -> Response:
    """Music for the caller, or the conversation again."""
    act = hotline.hold if held else hotline.resume
    act(uow, tenant_id=member.tenant_id, call_id=call_id, staff=member.staff)
    return see_other(f"/console/calls/{call_id}")


@router.post("/calls/{call_id}/dispose")
def dispose(
    *,
    uow: Transaction,
    member: Operator,
    call_id: UUID,
    code: Annotated[str, Form(max_length=32)],
    words: Annotated[str, Form(max_length=1000)] = "",
    ticket: Annotated[bool, Form()] = False,
) -> Response:
    """Say what the call was about; with `ticket` the case that such a call mostly needs opens."""
    known = {one.code: one for one in hotline.disposition_codes(uow, tenant_id=member.tenant_id)}
    category = known[code].category if ticket and code in known else ""
    call = hotline.dispose(
        uow,
        tenant_id=member.tenant_id,
        call_id=call_id,
        code=code,
        staff=member.staff,
        words=words,
        category=category or None,
    )
    if call.ticket_id is not None and ticket:
        return see_other(f"/console/tickets/{call.ticket_id}")
    return see_other(f"/console/calls/{call_id}")


@router.post("/wrap-up/end")
def end_wrap_up(uow: Transaction, member: Operator, back: Back = _HOME) -> Response:
    """Be ready for the next before the time is over."""
    agent_id = str(member.staff.staff_id)
    routing.end_wrap_up(uow, tenant_id=member.tenant_id, agent_id=agent_id)
    return see_other(local_path(back, otherwise=_HOME))


def _accepted(uow: Transaction, member: Member, offer_id: str) -> str:
    """Each kind of work is accepted by the context that it belongs to; where to go then."""
    tenant_id, staff = member.tenant_id, member.staff
    match offer_id.partition(":")[0]:
        case "call" | "callback":
            call = hotline.answer(uow, tenant_id=tenant_id, offer_id=offer_id, staff=staff)
            return page_of(f"call:{call.call_id}")
        case "ticket":
            case = tickets.accept(uow, tenant_id=tenant_id, offer_id=offer_id, staff=staff)
            return page_of(f"ticket:{case.ticket_id}")
        case "refund":
            refund = refunds.accept(uow, tenant_id=tenant_id, offer_id=offer_id, staff=staff)
            return page_of(f"refund:{refund.refund_id}")
    raise ConflictError("nobody can accept work of this kind here")
