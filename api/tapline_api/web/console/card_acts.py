"""What an agent does to a card, and to what we know of its holder; every act with its reason."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import cards, people
from tapline.cards import CardKind
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.people import Document, Vault
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.web.console.cards import show_card
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/cards/{card_no}")

Reason = Annotated[str, Form(min_length=1, max_length=200)]
Phone = Annotated[str, Form(max_length=30)]


@router.post("/lost")
def report_lost(
    request: Request, uow: Transaction, member: Operator, card_no: str, reason: Reason
) -> Response:
    """Freeze and block it: its holder is on the telephone."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: cards.report_lost(
            uow, tenant_id=member.tenant_id, card_no=card_no, actor=member.actor, reason=reason
        ),
    )


@router.post("/found")
def found(
    request: Request, uow: Transaction, member: Operator, card_no: str, reason: Reason
) -> Response:
    """Let it work again."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: cards.found(
            uow, tenant_id=member.tenant_id, card_no=card_no, actor=member.actor, reason=reason
        ),
    )


@router.post("/replace")
def replace(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    card_no: str,
    reason: Reason,
    new_card_no: Annotated[str, Form(max_length=32)],
    kind: Annotated[CardKind | None, Form()] = None,
) -> Response:
    """Hand out another card; the answer is its page."""
    new_card_no = new_card_no.strip()
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: cards.replace(
            uow,
            tenant_id=member.tenant_id,
            card_no=card_no,
            new_card_no=new_card_no,
            actor=member.actor,
            reason=reason,
            kind=kind,
        ),
        then=new_card_no,
    )


@router.post("/register")
def register(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    card_no: str,
    reason: Reason,
    phone: Phone,
) -> Response:
    """Register a bearer card to the customer with this phone, who showed that he holds it."""

    def act() -> None:
        customer = people.customer_by_phone(
            uow, tenant_id=member.tenant_id, phone=people.phone_number(phone)
        )
        if customer is None:
            raise InvalidError("no customer has this phone")
        cards.assign(
            uow,
            tenant_id=member.tenant_id,
            card_no=card_no,
            customer_id=customer.customer_id,
            actor=member.actor,
            reason=reason,
        )

    return acted(request, uow, member, card_no, act)


@router.post("/identity")
def verify_identity(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    card_no: str,
    reason: Reason,
    real_name: Annotated[str, Form(min_length=1, max_length=60)],
    document: Annotated[Document, Form()],
    number: Annotated[str, Form(max_length=30)],
) -> Response:
    """Note the holder's papers, which the agent has before him."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: people.verify_identity(
            uow,
            vault=_vault(request),
            tenant_id=member.tenant_id,
            customer_id=_holder(uow, member, card_no),
            real_name=real_name,
            document=document,
            number=number,
            actor=member.actor,
            how=reason,
        ),
    )


@router.post("/identity/reveal")
def reveal_identity(
    request: Request, uow: Transaction, member: Operator, card_no: str, reason: Reason
) -> Response:
    """The whole number of the holder's papers, on this answer alone; that it was read is on
    record."""
    number = people.reveal_identity(
        uow,
        vault=_vault(request),
        tenant_id=member.tenant_id,
        customer_id=_holder(uow, member, card_no),
        actor=member.actor,
        reason=reason,
    )
    return show_card(request, uow, member, card_no, number=number)


@router.post("/guardian")
def set_guardian(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    card_no: str,
    reason: Reason,
    born_on: Annotated[date, Form()],
    name: Annotated[str, Form(min_length=1, max_length=60)],
    phone: Phone,
) -> Response:
    """Note who stands for a holder who is not of age."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: people.set_guardian(
            uow,
            tenant_id=member.tenant_id,
            customer_id=_holder(uow, member, card_no),
            born_on=born_on,
            name=name,
            phone=phone,
            actor=member.actor,
            reason=reason,
        ),
    )


def acted(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    card_no: str,
    act: Callable[[], object],
    *,
    then: str | None = None,
) -> Response:
    """Do it and go to the card's page, or to that of card `then`; refused, say why on the page."""
    cards.get(uow, tenant_id=member.tenant_id, card_no=card_no)
    try:
        with uow.attempt():
            act()
    except (ConflictError, InvalidError, NotFoundError) as error:
        return show_card(request, uow, member, card_no, refusal=error.code)
    return see_other(f"/console/cards/{then or card_no}")


def _vault(request: Request) -> Vault:
    """What the numbers of papers rest under."""
    vault: Vault | None = request.app.state.vault
    if vault is None:
        raise ConflictError("no key file for identity papers: set TAPLINE_IDENTITY_KEY_FILE")
    return vault


def _holder(uow: UnitOfWork, member: Member, card_no: str) -> UUID:
    card = cards.get(uow, tenant_id=member.tenant_id, card_no=card_no)
    if card.customer_id is None:
        raise ConflictError(f"card {card_no} is nobody's: register it to its holder first")
    return card.customer_id
