"""Top-ups at the desk: cash for a card, what became of it, one's own till."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import audit, cards
from tapline.cards import tills, topups
from tapline.cards.topups import Offer
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.review import names_of

router = APIRouter(prefix="/topups")

CardNo = Annotated[str, Query(alias="card", max_length=32)]


@router.get("")
def topups_page(
    request: Request, uow: Transaction, member: CurrentAgent, card_no: CardNo = ""
) -> Response:
    """The last top-ups, of a card where one is named; and cash for it, by whoever has a till."""
    return _page(request, uow, member, card_no.strip())


@router.post("")
def take_cash(
    *,
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    card_no: Annotated[str, Form(max_length=32)],
    yuan: Annotated[str, Form(max_length=20)],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
) -> Response:
    """Cash is on the table; a button pressed twice takes it once."""
    try:
        with uow.attempt():
            topup = topups.take_cash(
                uow,
                tenant_id=member.tenant_id,
                card_no=card_no.strip(),
                amount_fen=read_yuan(yuan),
                staff=member.staff,
                request_key=request_key,
            )
    except (ConflictError, InvalidError, NotFoundError):
        return _page(request, uow, member, card_no.strip(), yuan=yuan)
    return see_other(f"/console/topups/{topup.topup_id}")


@router.post("/till")
def open_till(uow: Transaction, member: CurrentAgent) -> Response:
    """From now on one takes cash."""
    tills.open_for(uow, tenant_id=member.tenant_id, staff=member.staff)
    return see_other("/console/topups")


@router.get("/{topup_id}")
def topup_page(
    request: Request, uow: Transaction, member: CurrentAgent, topup_id: UUID
) -> Response:
    """One top-up: who paid how, where the money is, and its receipt."""
    topup = topups.get(uow, tenant_id=member.tenant_id, topup_id=topup_id)
    return render(
        request,
        "console/topup.html",
        member=member,
        topup=topup,
        written=topups.written(uow, topup=topup),
        names=names_of(uow, member.tenant_id),
        trail=audit.about(uow, tenant_id=member.tenant_id, subject=topup.subject),
    )


@router.post("/{topup_id}/undo")
def undo(
    uow: Transaction,
    member: CurrentAgent,
    topup_id: UUID,
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Give the cash back, within minutes, while the card has not had it."""
    topups.undo_cash(
        uow, tenant_id=member.tenant_id, topup_id=topup_id, staff=member.staff, reason=reason
    )
    return see_other(f"/console/topups/{topup_id}")


def _page(
    request: Request, uow: UnitOfWork, member: Member, card_no: str, *, yuan: str = ""
) -> Response:
    tenant_id = member.tenant_id
    till = tills.of_staff(uow, tenant_id=tenant_id, staff_id=member.staff.staff_id)
    offer = _offer(uow, tenant_id, card_no) if card_no else None
    if card_no:
        made = topups.of_card(uow, tenant_id=tenant_id, card_no=card_no)
    else:
        made = topups.listed(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/topups.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if yuan else status.HTTP_200_OK,
        member=member,
        card_no=card_no,
        offer=offer,
        yuan=yuan,
        till=till,
        till_fen=_content(uow, tenant_id, till.till_id) if till else 0,
        topups=made,
        names=names_of(uow, tenant_id),
        request_key=uuid4().hex,
    )


def _offer(uow: UnitOfWork, tenant_id: str, card_no: str) -> Offer | None:
    """What the card takes; None where there is no such card."""
    card = cards.known(uow, tenant_id=tenant_id, card_nos=[card_no]).get(card_no)
    if card is None:
        return None
    return topups.offer(uow, tenant_id=tenant_id, card_no=card_no, customer_id=card.customer_id)


def _content(uow: UnitOfWork, tenant_id: str, till_id: UUID) -> int:
    return tills.content_fen(uow, tenant_id=tenant_id, till_ids=[till_id])[till_id]
