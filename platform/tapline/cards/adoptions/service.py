from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from tapline import audit, clock, ledger
from tapline.cards import issuers, rules
from tapline.cards.adoptions.repository import AdoptionRepository
from tapline.cards.adoptions.rules import Adoption, HinderedError, Hindrance, Standing, postings
from tapline.cards.life.model import CardStep
from tapline.cards.life.repository import LifeRepository
from tapline.cards.model import CardState
from tapline.cards.repository import CardRepository
from tapline.cards.rules import Act
from tapline.events import CardsClaimed
from tapline.money import Fen
from tapline.uow import UnitOfWork

_TOLD_AT_A_TIME: Final = 200


def hindrances(
    uow: UnitOfWork, *, tenant_id: str, counters: Mapping[str, int | None]
) -> dict[str, Hindrance]:
    """Which of these cards cannot be taken over, and why; `counters` are their chips', where
    known."""
    standing = _standing(uow, tenant_id, counters)
    found = {card_no: standing.hindrance(card_no, atc) for card_no, atc in counters.items()}
    return {card_no: one for card_no, one in found.items() if one is not None}


def adopt(
    uow: UnitOfWork, *, tenant_id: str, adoptions: Sequence[Adoption], actor: str, reason: str
) -> None:
    """Put cards into circulation that had a life elsewhere, with what is on them; all or none.

    What our machines sold to them before is judged again: it is the card's now, unless the chip's
    counter says that its balance has it already.

    Raises:
        HinderedError: one of them cannot be taken over, as `hindrances` says.
    """
    counters = {one.card_no: one.opened_atc for one in adoptions}
    standing = _standing(uow, tenant_id, counters)
    for card_no, atc in counters.items():
        if (hindrance := standing.hindrance(card_no, atc)) is not None:
            raise HinderedError(card_no, hindrance)
    AdoptionRepository(uow, tenant_id).put({one.card_no: _row(one) for one in adoptions})
    steps = [_step(tenant_id, one.card_no, Act.ADOPT, actor, reason) for one in adoptions]
    for one, step in zip(adoptions, steps, strict=True):
        step.about = f"customer:{one.customer_id}" if one.customer_id else None
    _note(uow, tenant_id, steps)
    commands = [command for one in adoptions for command in postings(one, clock.now())]
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    _tell(uow, tenant_id, counters)


def unused(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> set[str]:
    """Those that nobody did anything with since they were taken over; machines apart."""
    return AdoptionRepository(uow, tenant_id).unused(card_nos) if card_nos else set()


def lock(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> None:
    """Keep everybody else from doing anything with these cards until the transaction ends."""
    AdoptionRepository(uow, tenant_id).lock(card_nos)


def withdraw(
    uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str], actor: str, reason: str
) -> None:
    """Take cards out of circulation that were taken over by mistake; their numbers are free again,
    and what our machines sold to them is judged again as a stranger's.

    The caller has taken their money back.

    Raises:
        ConflictError: one is in a state that does not allow it.
    """
    repository, steps = CardRepository(uow), []
    for card_no in sorted(card_nos):
        card = repository.get(tenant_id, card_no, lock=True)
        card.state = rules.after(card_no, card.state, Act.WITHDRAW)
        steps.append(_step(tenant_id, card_no, Act.WITHDRAW, actor, reason))
    _note(uow, tenant_id, steps)
    # A sale that is on its way has its news to come, after this.
    _tell(uow, tenant_id, AdoptionRepository(uow, tenant_id).sightings(card_nos))


def _tell(uow: UnitOfWork, tenant_id: str, card_nos: Collection[str]) -> None:
    """All of them, met or not: a machine may meet one while this is on its way, and not see it."""
    told = sorted(card_nos)
    for start in range(0, len(told), _TOLD_AT_A_TIME):
        chunk = tuple(told[start : start + _TOLD_AT_A_TIME])
        uow.emit(CardsClaimed(tenant_id=tenant_id, cards=chunk))


def _standing(uow: UnitOfWork, tenant_id: str, card_nos: Collection[str]) -> Standing:
    known = AdoptionRepository(uow, tenant_id)
    return Standing(
        ours=CardRepository(uow).issued(tenant_id, card_nos),
        others=known.others(card_nos),
        issuers=issuers.of_cards(uow, tenant_id=tenant_id, card_nos=set(card_nos)),
        sightings=known.sightings(card_nos),
    )


def _row(adoption: Adoption) -> dict[str, Any]:
    return {
        "kind": adoption.kind,
        "state": CardState.ACTIVE,
        "customer_id": adoption.customer_id,
        "opened_fen": Fen(adoption.opened_fen),
        "opened_atc": adoption.opened_atc,
        "issued_at": clock.now(),
        "carries": 0,
    }


def _step(tenant_id: str, card_no: str, act: Act, actor: str, reason: str) -> CardStep:
    return CardStep(
        tenant_id=tenant_id,
        card_no=card_no,
        act=act,
        state=CardState.ACTIVE if act is Act.ADOPT else CardState.CLOSED,
        actor=actor,
        reason=reason,
        at=clock.now(),
    )


def _note(uow: UnitOfWork, tenant_id: str, steps: Sequence[CardStep]) -> None:
    LifeRepository(uow, tenant_id).add_all(steps)
    for step in steps:
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=step.actor,
            action=f"card.{step.act.value}",
            subject=f"card:{step.card_no}",
            reason=step.reason,
        )
