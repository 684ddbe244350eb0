import re
from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, clock, ledger, people, policy
from tapline.cards import issuers
from tapline.cards.life.record import note
from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.repository import CardRepository
from tapline.cards.rules import Act
from tapline.errors import ConflictError, InvalidError
from tapline.events import CardIssued
from tapline.money import Fen
from tapline.uow import UnitOfWork

_CARD_NO = re.compile(r"[0-9A-Za-z_-]{1,32}")


def issue(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    kind: CardKind,
    balance_fen: Fen,
    customer_id: UUID | None = None,
    actor: str = audit.SYSTEM,
    reason: str = "",
) -> Card:
    """Put a card into circulation with what its purse holds, posted against `equity:opening`.

    Raises:
        InvalidError: the number or the balance cannot be.
        ConflictError: the number is taken.
    """
    if not _CARD_NO.fullmatch(card_no):
        raise InvalidError(
            f"card number {card_no!r}: use 1 to 32 letters, digits, hyphens and underscores"
        )
    if not 0 <= balance_fen < 10**9:
        raise InvalidError(f"a card opens with 0 to 999,999,999 fen, not {balance_fen}")
    cards = CardRepository(uow)
    if cards.exists(tenant_id, card_no):
        raise ConflictError(f"card {card_no} exists")
    if owners := issuers.of_cards(uow, tenant_id=tenant_id, card_nos=[card_no]):
        raise ConflictError(f"card {card_no} is {owners[card_no]}'s: we cannot issue it")
    card = Card(
        tenant_id=tenant_id,
        card_no=card_no,
        kind=kind,
        state=CardState.ACTIVE,
        customer_id=customer_id,
        opened_fen=balance_fen,
        opened_atc=0,
        issued_at=clock.now(),
    )
    cards.add(card)
    holder = f"customer:{customer_id}" if customer_id else None
    note(uow, card, Act.ISSUE, actor=actor, reason=reason, about=holder)
    if balance_fen:
        ledger.post(uow, tenant_id=tenant_id, commands=[_opening(card)])
    uow.emit(CardIssued(tenant_id=tenant_id, card_no=card_no))
    return card


def _opening(card: Card) -> ledger.Command:
    return ledger.Command(
        key=f"open:{card.card_no}",
        kind="card_opened",
        event_at=card.issued_at,
        movement=ledger.Credit(card.card_no, card.opened_fen),
        content={"card": card.card_no, "fen": card.opened_fen},
    )


def get(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Card:
    """One card; `NotFoundError` where the tenant has none such."""
    return CardRepository(uow).get(tenant_id, card_no)


def known(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, Card]:
    """Those of `card_nos` that the tenant has issued, by number."""
    return CardRepository(uow).known(tenant_id, card_nos)


def ours(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, Card]:
    """Those of `card_nos` that are the tenant's now, by number: one taken over by mistake and
    withdrawn is a stranger's again."""
    cards = CardRepository(uow)
    return cards.known(tenant_id, cards.issued(tenant_id, card_nos))


def owned_by(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Sequence[Card]:
    """The customer's cards by number."""
    return CardRepository(uow).owned_by(tenant_id, customer_id)


def successor(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Card:
    """The card that a card's money belongs to now: itself, or the last that took its place."""
    cards = CardRepository(uow)
    card = cards.get(tenant_id, card_no)
    while card.replaced_by is not None:
        card = cards.get(tenant_id, card.replaced_by)
    return card


def lineage(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> list[str]:
    """The card and all those whose place it took, newest first: their money is one."""
    cards = CardRepository(uow)
    numbers = [card_no]
    while (before := cards.get(tenant_id, numbers[-1]).replaces) is not None:
        numbers.append(before)
    return numbers


def load_limit_fen(uow: UnitOfWork, *, card: Card) -> Fen:
    """What the card may hold: more where we know its holder's real name."""
    in_force = policy.current(uow, tenant_id=card.tenant_id)
    named = card.customer_id is not None and people.is_verified(
        uow, tenant_id=card.tenant_id, customer_id=card.customer_id
    )
    return Fen(in_force.named_card_fen_max if named else in_force.bearer_card_fen_max)
