"""Search, and one card with its chain and its money."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response, status

from tapline import audit, cards, ledger, people, policy, reports
from tapline.cards import Act, Card, CardStep, blocklist, issuers, warnings
from tapline.cards.warnings import CardWarning
from tapline.people import Customer, CustomerIdentity, Document
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.card_history import Before, history_of
from tapline_api.words.cards import KNOWN_REASONS

router = APIRouter()


@router.get("/search")
def search(request: Request, uow: Transaction, member: CurrentAgent, q: str = "") -> Response:
    """By card, phone tail, ticket number or machine; a whole number of an issuer's card is it."""
    if _is_of_others(uow, member, q.strip()):
        return see_other(f"/console/issuer-cards/{q.strip()}")
    hits = reports.search(uow, tenant_id=member.tenant_id, text=q)
    return render(request, "console/search.html", member=member, hits=hits, q=q)


@router.get("/cards/{card_no}")
def card_page(
    request: Request, uow: Transaction, member: CurrentAgent, card_no: str, before: Before = None
) -> Response:
    """One card. Its address names the number, so that opening it is on record."""
    if _is_of_others(uow, member, card_no):
        return see_other(f"/console/issuer-cards/{card_no}")
    return show_card(request, uow, member, card_no, action="card.read", before=before)


@router.post("/cards/{card_no}/reveal")
def reveal(request: Request, uow: Transaction, member: CurrentAgent, card_no: str) -> Response:
    """The same page with its holder's name and phone in full; that is on record, too."""
    return show_card(request, uow, member, card_no, action="customer.reveal")


def _is_of_others(uow: UnitOfWork, member: Member, card_no: str) -> bool:
    """Whether another issuer has this card: there is no balance and no holder to show."""
    return bool(issuers.of_cards(uow, tenant_id=member.tenant_id, card_nos={card_no} - {""}))


def show_card(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    card_no: str,
    *,
    action: str = "card.read",
    refusal: str = "",
    number: str = "",
    before: str | None = None,
) -> Response:
    """The page of a card; with why an act was refused, if one was, or
    with the `number` of its holder's papers."""
    tenant_id = member.tenant_id
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    customer = _holder(uow, card)
    audit.record(
        uow, tenant_id=tenant_id, actor=member.actor, action=action, subject=f"card:{card_no}"
    )
    return render(
        request,
        "console/card.html",
        status_code=status.HTTP_409_CONFLICT if refusal else status.HTTP_200_OK,
        refusal=refusal,
        number=number,
        member=member,
        card=card,
        customer=customer,
        shown=customer if action == "customer.reveal" else None,
        life=_life(uow, card, customer),
        balance=ledger.card(uow, tenant_id=tenant_id, card_no=card_no),
        tickets=reports.tickets_of_card(uow, tenant_id=tenant_id, card_no=card_no),
        history=history_of(uow, member, card, before),
    )


@dataclass(frozen=True, slots=True)
class Life:
    """What a card has been through, and what may be done to it now."""

    steps: Sequence[CardStep]
    told: blocklist.Progress | None
    last_atc: int | None
    """Of the card whose place it took."""
    identity: CustomerIdentity | None
    is_minor: bool
    fee_fen: int
    may_report: bool
    may_find: bool
    may_replace: bool
    may_give_up: bool
    warnings: Sequence[CardWarning]
    known_reasons: Collection[str] = KNOWN_REASONS
    documents: Sequence[Document] = tuple(Document)


def _life(uow: UnitOfWork, card: Card, customer: Customer | None) -> Life:
    tenant_id = card.tenant_id
    before = reports.chain(uow, tenant_id=tenant_id, card_no=card.replaces) if card.replaces else []
    identity = (
        people.identity_of(uow, tenant_id=tenant_id, customer_id=customer.customer_id)
        if customer
        else None
    )
    return Life(
        steps=cards.steps(uow, tenant_id=tenant_id, card_no=card.card_no),
        told=blocklist.progress(uow, tenant_id=tenant_id, card_no=card.card_no),
        last_atc=next((pour.fact.atc for pour in before if pour.fact.atc is not None), None),
        identity=identity,
        is_minor=customer is not None and people.is_minor(customer),
        fee_fen=policy.current(uow, tenant_id=tenant_id).card_replace_fee_fen,
        warnings=warnings.of_card(uow, tenant_id=tenant_id, card_no=card.card_no),
        may_report=cards.may(card.state, Act.REPORT_LOST),
        may_find=cards.may(card.state, Act.FIND),
        may_replace=cards.may(card.state, Act.REPLACE),
        may_give_up=cards.may(card.state, Act.GIVE_UP),
    )


def _holder(uow: UnitOfWork, card: Card) -> Customer | None:
    if card.customer_id is None:
        return None
    return people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
