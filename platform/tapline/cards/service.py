import re
from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import clock, ledger
from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.repository import CardRepository
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
    card = Card(
        tenant_id=tenant_id,
        card_no=card_no,
        kind=kind,
        state=CardState.ACTIVE,
        customer_id=customer_id,
        opened_fen=balance_fen,
        issued_at=clock.now(),
    )
    cards.add(card)
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


def owned_by(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Sequence[Card]:
    """The customer's cards by number."""
    return CardRepository(uow).owned_by(tenant_id, customer_id)


def assign(uow: UnitOfWork, *, tenant_id: str, card_no: str, customer_id: UUID) -> None:
    """Register a card to a customer.

    Raises:
        ConflictError: it is somebody else's.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.customer_id not in {None, customer_id}:
        raise ConflictError(f"card {card_no} is registered to another customer")
    card.customer_id = customer_id


def begin_closing(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Card:
    """Let nothing be written to a card any more, because its holder wants his money back.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is being closed already, or is closed.
    """
    return _turned(uow, tenant_id, card_no, {CardState.ACTIVE, CardState.FROZEN}, CardState.CLOSING)


def reactivate(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Card:
    """It is not closed after all.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is not being closed.
    """
    return _turned(uow, tenant_id, card_no, {CardState.CLOSING}, CardState.ACTIVE)


def close(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Card:
    """The end of a card, whose money is settled.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is not being closed.
    """
    return _turned(uow, tenant_id, card_no, {CardState.CLOSING}, CardState.CLOSED)


def _turned(
    uow: UnitOfWork, tenant_id: str, card_no: str, before: Collection[CardState], after: CardState
) -> Card:
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.state not in before:
        raise ConflictError(f"card {card_no} is {card.state.value}: it cannot become {after.value}")
    card.state = after
    return card
