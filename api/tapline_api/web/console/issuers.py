"""Issuers of other people's cards: what they owe, and why."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tapline import audit, clock, reports
from tapline.cards import issuers
from tapline.cards.issuers import breaks, receipts, settlements
from tapline.errors import NotFoundError
from tapline.sharing import claims
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.review import names_of

router = APIRouter()

_CHAIN = 60


@router.get("/issuers")
def issuers_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Every issuer with what it owes; the breaks that nobody has settled."""
    tenant_id = member.tenant_id
    listed = issuers.listed(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/issuers.html",
        member=member,
        issuers=[
            (one, settlements.due_now(uow, tenant_id=tenant_id, issuer_id=one.issuer_id))
            for one in listed
        ],
        breaks=breaks.listed(uow, tenant_id=tenant_id),
        names=names_of(uow, tenant_id),
    )


@router.post("/issuers")
def add_issuer(
    *,
    uow: Transaction,
    member: Treasurer,
    issuer_id: Annotated[str, Form(max_length=31)],
    name: Annotated[str, Form(min_length=1, max_length=60)],
    legal_entity: Annotated[str, Form(min_length=1, max_length=120)],
    contact: Annotated[str, Form(max_length=120)] = "",
    settlement_day: Annotated[int, Form(ge=1, le=28)] = 5,
    commission_permille: Annotated[int, Form(ge=0, le=1000)] = 0,
    operator: Annotated[bool, Form()] = False,
) -> Response:
    """A new issuer; its numbers come after."""
    issuer = issuers.create(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        name=name,
        legal_entity=legal_entity,
        contact=contact,
        settlement_day=settlement_day,
        commission_permille=commission_permille,
        actor=member.actor,
        operator=operator,
    )
    return see_other(f"/console/issuers/{issuer.issuer_id}")


@router.get("/issuers/{issuer_id}")
def issuer_page(request: Request, uow: Transaction, member: Treasurer, issuer_id: str) -> Response:
    """One issuer: how its debt comes about, its settlements, transfers, numbers."""
    tenant_id = member.tenant_id
    issued = settlements.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    explained = receipts.explain(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    abroad = claims.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    return render(
        request,
        "console/issuer.html",
        member=member,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        abroad=abroad,
        abroad_sums=claims.sums(
            uow, tenant_id=tenant_id, statement_ids=[one.statement_id for one in abroad]
        ),
        between=claims.account(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        explained=explained,
        settlements=list(zip(issued, explained.positions, strict=True)),
        receipts=receipts.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        numbers=issuers.numbers_of(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        breaks=breaks.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        names=names_of(uow, tenant_id),
        entries=audit.about(uow, tenant_id=tenant_id, subject=f"issuer:{issuer_id}", limit=20),
        yesterday=settlements.yesterday(),
    )


@router.post("/issuers/{issuer_id}/numbers")
def add_numbers(
    uow: Transaction,
    member: Treasurer,
    issuer_id: str,
    words: Annotated[str, Form(min_length=1, max_length=1_000_000)],
) -> Response:
    """The numbers of its cards, a line each."""
    issuers.add_numbers(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        lines=words.splitlines(),
        actor=member.actor,
    )
    return see_other(f"/console/issuers/{issuer_id}")


@router.post("/issuers/{issuer_id}/numbers-back")
def remove_numbers(
    *,
    uow: Transaction,
    member: Treasurer,
    issuer_id: str,
    name: Annotated[str, Form(max_length=32)],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """A run that was named by mistake, by its first number."""
    issuers.remove_numbers(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        first_no=name,
        actor=member.actor,
        reason=reason,
    )
    return see_other(f"/console/issuers/{issuer_id}")


@router.post("/issuers/{issuer_id}/settle")
def settle(
    uow: Transaction, member: Treasurer, issuer_id: str, day: Annotated[date | None, Form()] = None
) -> Response:
    """Claim everything up to a day, yesterday where none is named."""
    settlement = settlements.issue(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        period_to=day or settlements.yesterday(),
        actor=member.actor,
    )
    return see_other(f"/console/settlements/{settlement.settlement_id}")


@router.post("/issuers/{issuer_id}/receipts")
def receive(
    *,
    uow: Transaction,
    member: Treasurer,
    issuer_id: str,
    reference: Annotated[str, Form(min_length=1, max_length=100)],
    yuan: Annotated[str, Form(max_length=20)] = "",
    day: Annotated[date | None, Form()] = None,
) -> Response:
    """A transfer of the issuer's has arrived."""
    issuers.get(uow, tenant_id=member.tenant_id, issuer_id=issuer_id)
    receipts.receive(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        amount_fen=read_yuan(yuan),
        reference=reference,
        value_date=day or clock.business_date(clock.now()),
        actor=member.actor,
    )
    return see_other(f"/console/issuers/{issuer_id}")


@router.get("/issuer-cards/{card_no}")
def issuer_card_page(
    request: Request, uow: Transaction, member: CurrentAgent, card_no: str
) -> Response:
    """A card that is not ours: what our machines know of it, and whom to ask for the rest."""
    tenant_id = member.tenant_id
    owners = issuers.of_cards(uow, tenant_id=tenant_id, card_nos=[card_no])
    if card_no not in owners:
        raise NotFoundError(f"no issuer has card {card_no}")
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=member.actor,
        action="card.read",
        subject=f"card:{card_no}",
    )
    return render(
        request,
        "console/issuer_card.html",
        member=member,
        card_no=card_no,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=owners[card_no]),
        pours=reports.chain(uow, tenant_id=tenant_id, card_no=card_no, limit=_CHAIN),
        claims=settlements.of_card(uow, tenant_id=tenant_id, card_no=card_no),
    )
