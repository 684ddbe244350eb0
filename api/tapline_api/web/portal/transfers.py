"""A card goes to somebody else: offered on its page, taken by the other on his home page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, status

from tapline.cards import transfers
from tapline.errors import ConflictError, InvalidError
from tapline_api.deps import CurrentCustomer, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.portal.purses import own_card

router = APIRouter()


@router.get("/cards/{card_no}/transfer")
def transfer_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str
) -> Response:
    """To whom, or that it is offered."""
    return render(
        request,
        "portal/transfer.html",
        holder=holder,
        card=own_card(uow, holder, card_no),
        offered=transfers.offered_by(uow, tenant_id=holder.tenant_id, card_no=card_no),
        typed={},
        why="",
    )


@router.post("/cards/{card_no}/transfer")
def offer(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    phone: Annotated[str, Form(max_length=30)],
    name: Annotated[str, Form(max_length=60)],
) -> Response:
    """Offer it; a form that cannot be is shown again with why."""
    card = own_card(uow, holder, card_no)
    try:
        with uow.attempt():
            transfers.offer(
                uow,
                tenant_id=holder.tenant_id,
                card_no=card_no,
                customer=holder.customer,
                phone=phone,
                name=name,
            )
    except (ConflictError, InvalidError) as error:
        return render(
            request,
            "portal/transfer.html",
            status_code=status.HTTP_422_UNPROCESSABLE_CONTENT,
            holder=holder,
            card=card,
            offered=None,
            typed={"phone": phone, "name": name},
            why=str(error),
        )
    return see_other(f"/portal/cards/{card_no}/transfer")


@router.post("/cards/{card_no}/transfer/withdraw")
def withdraw(uow: Transaction, holder: CurrentCustomer, card_no: str) -> Response:
    """Keep it."""
    own_card(uow, holder, card_no)
    transfers.withdraw(uow, tenant_id=holder.tenant_id, card_no=card_no, customer=holder.customer)
    return see_other(f"/portal/cards/{card_no}")


@router.post("/transfers/{transfer_id}")
def answer(
    uow: Transaction,
    holder: CurrentCustomer,
    transfer_id: UUID,
    take: Annotated[bool, Form()],
) -> Response:
    """Take a card that was offered, or do not."""
    tenant_id, customer = holder.tenant_id, holder.customer
    if not take:
        transfers.decline(uow, tenant_id=tenant_id, transfer_id=transfer_id, customer=customer)
        return see_other("/portal")
    card = transfers.accept(uow, tenant_id=tenant_id, transfer_id=transfer_id, customer=customer)
    return see_other(f"/portal/cards/{card.card_no}")
