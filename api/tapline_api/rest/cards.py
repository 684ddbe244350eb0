"""Cards, their money and their pours. Every read of a card is on record."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tapline import audit, cards, ledger, reports
from tapline.cards import Card, CardKind, CardState
from tapline.cards.facts import Payer
from tapline.reports import Pour, Whereabouts
from tapline.uow import UnitOfWork
from tapline_api.deps import ApiAgent, Member, Transaction

router = APIRouter(prefix="/cards", tags=["cards"])


class CardOut(BaseModel):
    """Amounts in fen. `balance_fen` = principal + bonus + pending load − receivable."""

    card_no: str
    kind: CardKind
    state: CardState
    replaces: str | None
    replaced_by: str | None
    """The card to which its money went on."""
    balance_fen: int
    principal_fen: int
    bonus_fen: int
    pending_load_fen: int
    receivable_fen: int
    held_fen: int


class FindingOfPour(BaseModel):
    code: str
    amount_fen: int


class MoneyBackOut(BaseModel):
    """What is given back for a pour, and where it has got to."""

    where: Whereabouts
    amount_fen: int
    reached_at: datetime | None
    device_id: str | None


class PourOut(BaseModel):
    """A fact with what followed; `charged_fen` is what the card bears for it now."""

    device_id: str
    seq: int
    op: str
    at: datetime
    atc: int | None
    amt_fen: int
    charged_fen: int
    payer: Payer
    ml: int
    status: str
    findings: list[FindingOfPour]
    back: MoneyBackOut | None


@router.get("/{card_no}")
def get_card(uow: Transaction, member: ApiAgent, card_no: str) -> CardOut:
    """One card."""
    card = _read(uow, member, card_no)
    balance = ledger.card(uow, tenant_id=member.tenant_id, card_no=card_no)
    return CardOut(
        card_no=card.card_no,
        kind=card.kind,
        state=card.state,
        replaces=card.replaces,
        replaced_by=card.replaced_by,
        balance_fen=balance.balance_fen,
        principal_fen=balance.principal_fen,
        bonus_fen=balance.bonus_fen,
        pending_load_fen=balance.pending_load_fen,
        receivable_fen=balance.receivable_fen,
        held_fen=balance.held_fen,
    )


@router.get("/{card_no}/pours")
def list_pours(
    uow: Transaction,
    member: ApiAgent,
    card_no: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[PourOut]:
    """What was done with the card, newest first."""
    _read(uow, member, card_no)
    pours = reports.pours_of_card(uow, tenant_id=member.tenant_id, card_no=card_no, limit=limit)
    return [_pour_out(pour) for pour in pours]


def _read(uow: UnitOfWork, member: Member, card_no: str) -> Card:
    card = cards.get(uow, tenant_id=member.tenant_id, card_no=card_no)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="card.read",
        subject=f"card:{card_no}",
    )
    return card


def _pour_out(pour: Pour) -> PourOut:
    fact, charge, back = pour.fact, pour.charge, pour.back
    return PourOut(
        device_id=fact.device_id,
        seq=fact.seq,
        op=fact.op,
        at=pour.at,
        atc=fact.atc,
        amt_fen=fact.amt_fen,
        charged_fen=charge.amount_fen if charge.payer is Payer.CARD else 0,
        payer=charge.payer,
        ml=fact.ml,
        status=fact.status,
        findings=[FindingOfPour(code=f.code, amount_fen=f.amount_fen) for f in pour.findings],
        back=MoneyBackOut(
            where=back.where,
            amount_fen=back.amount_fen,
            reached_at=back.reached_at,
            device_id=back.device_id,
        )
        if back
        else None,
    )
