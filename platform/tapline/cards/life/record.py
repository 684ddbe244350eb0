"""One act on a card: its state, its step, the audit trail."""

from tapline import audit, clock
from tapline.cards import rules
from tapline.cards.life.model import CardStep
from tapline.cards.life.repository import LifeRepository
from tapline.cards.life.telling import tell
from tapline.cards.model import Card
from tapline.cards.rules import Act
from tapline.uow import UnitOfWork


def turn(
    uow: UnitOfWork, card: Card, act: Act, *, actor: str, reason: str, about: str | None = None
) -> None:
    """Do `act` to a locked card, write it down, and tell its holder.

    Raises:
        ConflictError: its state does not allow it.
    """
    card.state = rules.after(card.card_no, card.state, act)
    tell(uow, card, note(uow, card, act, actor=actor, reason=reason, about=about))


def note(
    uow: UnitOfWork, card: Card, act: Act, *, actor: str, reason: str, about: str | None = None
) -> CardStep:
    """Write down that `act` was done, by whom and why."""
    step = CardStep(
        tenant_id=card.tenant_id,
        card_no=card.card_no,
        act=act,
        state=card.state,
        about=about,
        actor=actor,
        reason=reason.strip(),
        at=clock.now(),
    )
    LifeRepository(uow, card.tenant_id).add(step)
    audit.record(
        uow,
        tenant_id=card.tenant_id,
        actor=actor,
        action=f"card.{act.value}",
        subject=f"card:{card.card_no}",
        reason=reason.strip(),
    )
    return step
