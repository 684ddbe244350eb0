from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit
from tapline.cards import blocklist
from tapline.cards.life.model import CardStep
from tapline.cards.life.record import turn
from tapline.cards.life.repository import LifeRepository
from tapline.cards.model import Card
from tapline.cards.repository import CardRepository
from tapline.cards.rules import Act
from tapline.errors import ConflictError, InvalidError
from tapline.uow import UnitOfWork


def assign(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    customer_id: UUID,
    actor: str = audit.SYSTEM,
    reason: str = "",
) -> Card:
    """Register a bearer card to a customer; said again of the same, nothing happens.

    The caller has made sure that he holds it. From one holder to another: `transfers`.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is somebody else's, or not in use.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.customer_id == customer_id:
        return card
    if card.customer_id is not None:
        raise ConflictError(f"card {card_no} is registered to another customer")
    register(uow, card, customer_id, actor=actor, reason=reason)
    return card


def register(uow: UnitOfWork, card: Card, customer_id: UUID, *, actor: str, reason: str) -> None:
    """Make a locked card this customer's, whosever it was."""
    card.customer_id = customer_id
    turn(uow, card, Act.REGISTER, actor=actor, reason=reason, about=f"customer:{customer_id}")


def report_lost(uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str, reason: str) -> Card:
    """Freeze a card and block it at every machine. What waits for it stays where it is.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: its state does not allow it.
        InvalidError: no reason is given.
    """
    card = _begun(uow, tenant_id, card_no, reason)
    turn(uow, card, Act.REPORT_LOST, actor=actor, reason=reason)
    blocklist.block(uow, tenant_id=tenant_id, card_no=card_no, reason="lost")
    return card


def found(uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str, reason: str) -> Card:
    """Let a card that was reported lost work again, as long as no other has taken its place.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: its state does not allow it.
        InvalidError: no reason is given.
    """
    card = _begun(uow, tenant_id, card_no, reason)
    turn(uow, card, Act.FIND, actor=actor, reason=reason)
    blocklist.unblock(uow, tenant_id=tenant_id, card_no=card_no, reason="lost")
    return card


def begin_closing(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str = audit.SYSTEM, reason: str = ""
) -> Card:
    """Let nothing be written to a card any more, because its holder wants his money back.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: its state does not allow it.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    turn(uow, card, Act.GIVE_UP, actor=actor, reason=reason)
    return card


def reactivate(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str = audit.SYSTEM, reason: str = ""
) -> Card:
    """It is not closed after all; one that was reported lost before is lost still.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is not being closed.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    turn(uow, card, Act.TAKE_BACK, actor=actor, reason=reason)
    if "lost" in blocklist.reasons(uow, tenant_id=tenant_id, card_no=card_no):
        turn(uow, card, Act.REPORT_LOST, actor=audit.SYSTEM, reason="still_lost")
    return card


def close(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, actor: str = audit.SYSTEM, reason: str = ""
) -> Card:
    """The end of a card, whose money is settled.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it is not being closed.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    turn(uow, card, Act.CLOSE, actor=actor, reason=reason)
    return card


def steps(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Sequence[CardStep]:
    """What was done to a card, newest first."""
    return LifeRepository(uow, tenant_id).steps(card_no)


def held_since(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> datetime | None:
    """Since when a card that was somebody else's is its present holder's; None where it never was.

    What was drawn before is not his to see.
    """
    registered = [
        step
        for step in steps(uow, tenant_id=tenant_id, card_no=card_no)
        if step.about is not None and step.about.startswith("customer:")
    ]
    return registered[0].at if len(registered) > 1 else None


def _begun(uow: UnitOfWork, tenant_id: str, card_no: str, reason: str) -> Card:
    if not reason.strip():
        raise InvalidError("say why: it stands in the card's history")
    return CardRepository(uow).get(tenant_id, card_no, lock=True)
