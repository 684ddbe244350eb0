"""Cash that a courier takes for a card: at the door or the station, receipted by text message."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response, status

from tapline.cards import tills, topups
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentFieldWorker, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan

router = APIRouter(prefix="/cash")

_HOME = "/field/cash"


@router.get("")
def cash_page(request: Request, uow: Transaction, member: CurrentFieldWorker) -> Response:
    """One's till, what one took lately, and taking more."""
    return _page(request, uow, member)


@router.post("")
def take(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    card_no: Annotated[str, Form(max_length=32)],
    yuan: Annotated[str, Form(max_length=20)],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
) -> Response:
    """Cash is in the hand; a button pressed twice takes it once."""
    try:
        with uow.attempt():
            topups.take_cash(
                uow,
                tenant_id=member.tenant_id,
                card_no=card_no.strip(),
                amount_fen=read_yuan(yuan),
                staff=member.staff,
                request_key=request_key,
            )
    except NotFoundError:
        return _page(request, uow, member, why="card", typed=(card_no, yuan))
    except (ConflictError, InvalidError):
        return _page(request, uow, member, why="amount", typed=(card_no, yuan))
    return see_other(_HOME)


@router.post("/till")
def open_till(uow: Transaction, member: CurrentFieldWorker) -> Response:
    """From now on one takes cash."""
    tills.open_for(uow, tenant_id=member.tenant_id, staff=member.staff)
    return see_other(_HOME)


@router.post("/{topup_id}/undo")
def undo(
    request: Request,
    uow: Transaction,
    member: CurrentFieldWorker,
    topup_id: UUID,
) -> Response:
    """Give the cash back, within minutes, while the card has not had it."""
    try:
        with uow.attempt():
            topups.undo_cash(
                uow,
                tenant_id=member.tenant_id,
                topup_id=topup_id,
                staff=member.staff,
                reason="at the door",
            )
    except (ConflictError, DeniedError):
        return _page(request, uow, member, why="undo")
    return see_other(_HOME)


def _page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    *,
    why: str = "",
    typed: tuple[str, str] = ("", ""),
) -> Response:
    tenant_id, staff_id = member.tenant_id, member.staff.staff_id
    till = tills.of_staff(uow, tenant_id=tenant_id, staff_id=staff_id)
    held = tills.content_fen(uow, tenant_id=tenant_id, till_ids=[till.till_id]) if till else {}
    return render(
        request,
        "field/cash.html",
        status_code=status.HTTP_409_CONFLICT if why else status.HTTP_200_OK,
        member=member,
        till=till,
        till_fen=sum(held.values()),
        taken=topups.taken_by(uow, tenant_id=tenant_id, staff_id=staff_id),
        why=why,
        typed=typed,
        request_key=uuid4().hex,
    )
