"""Search, and one card with its chain and its money."""

from fastapi import APIRouter, Request, Response

from tapline import audit, cards, ledger, people, reports
from tapline.cards import Card
from tapline.people import Customer
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.templating import render

router = APIRouter()

_LINES = 40


@router.get("/search")
def search(request: Request, uow: Transaction, member: CurrentAgent, q: str = "") -> Response:
    """By card, phone tail, ticket number or machine."""
    hits = reports.search(uow, tenant_id=member.tenant_id, text=q)
    return render(request, "console/search.html", member=member, hits=hits, q=q)


@router.get("/cards/{card_no}")
def card_page(request: Request, uow: Transaction, member: CurrentAgent, card_no: str) -> Response:
    """One card. Its address names the number, so that opening it is on record."""
    return _page(request, uow, member, card_no, action="card.read")


@router.post("/cards/{card_no}/reveal")
def reveal(request: Request, uow: Transaction, member: CurrentAgent, card_no: str) -> Response:
    """The same page with its holder's name and phone in full; that is on record, too."""
    return _page(request, uow, member, card_no, action="customer.reveal")


def _page(
    request: Request, uow: UnitOfWork, member: Member, card_no: str, *, action: str
) -> Response:
    tenant_id = member.tenant_id
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    customer = _holder(uow, card)
    audit.record(
        uow, tenant_id=tenant_id, actor=member.actor, action=action, subject=f"card:{card_no}"
    )
    return render(
        request,
        "console/card.html",
        member=member,
        card=card,
        customer=customer,
        shown=customer if action == "customer.reveal" else None,
        balance=ledger.card(uow, tenant_id=tenant_id, card_no=card_no),
        tickets=reports.tickets_of_card(uow, tenant_id=tenant_id, card_no=card_no),
        pours=reports.chain(uow, tenant_id=tenant_id, card_no=card_no),
        statements=[
            (
                account.code.rpartition(":")[2],
                ledger.statement(uow, tenant_id=tenant_id, code=account.code, limit=_LINES),
            )
            for account in ledger.chart.card(card_no)
        ],
    )


def _holder(uow: UnitOfWork, card: Card) -> Customer | None:
    if card.customer_id is None:
        return None
    return people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
