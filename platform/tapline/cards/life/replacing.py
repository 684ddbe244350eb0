"""A card takes another's place, and everything that the other was worth, also what comes late."""

from collections.abc import Collection
from datetime import timedelta

from tapline import clock, ledger, people, policy
from tapline.cards import blocklist, rules
from tapline.cards.life.record import note, turn
from tapline.cards.life.repository import LifeRepository
from tapline.cards.life.service import register
from tapline.cards.model import Card, CardKind, CardState
from tapline.cards.repository import CardRepository
from tapline.cards.rules import (
    Act,
    BlockedElsewhereError,
    CardInUseError,
    NoHolderError,
    PapersNeededError,
)
from tapline.cards.service import issue, successor
from tapline.errors import InvalidError
from tapline.events import CardCarried, CardReplaced
from tapline.ledger import chart
from tapline.money import Fen
from tapline.uow import UnitOfWork

DEBT_WAITS = timedelta(minutes=10)
_LEAVES_WITH_THE_PLASTIC = {"lost", "clone"}
"""Why a card may be blocked and be replaced all the same: the next one is not."""


def replace(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    new_card_no: str,
    actor: str,
    reason: str,
    kind: CardKind | None = None,
) -> Card:
    """Give the holder of a card another one; the new card, to which all money is carried.

    The new number is issued here, or is a blank card of the tenant's. `kind` is that of the old
    card unless said otherwise. The old one is blocked everywhere and keeps taking facts: what
    comes late is carried on, too.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: one of the cards is in a state that does not allow it, the card has no
            holder, or he has to show his papers first.
        InvalidError: no reason is given, or the new number cannot be.
    """
    if not reason.strip():
        raise InvalidError("say why the card is replaced: it stands in its history")
    old = CardRepository(uow).get(tenant_id, card_no, lock=True)
    _check(uow, old, new_card_no)
    new = _new(uow, old, new_card_no, kind or old.kind, actor)
    turn(uow, old, Act.REPLACE, actor=actor, reason=reason, about=f"card:{new_card_no}")
    note(uow, new, Act.REPLACE, actor=actor, reason=reason, about=f"card:{card_no}")
    old.replaced_by, new.replaces = new_card_no, card_no
    blocklist.block(uow, tenant_id=tenant_id, card_no=card_no, reason="replaced")
    _charge_fee(uow, old)
    _carry(uow, old)
    uow.emit(CardReplaced(tenant_id=tenant_id, card_no=card_no, new_card_no=new_card_no))
    return new


def carry_on(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> None:
    """Carry what has come to replaced cards on to those that took their place; debts wait.

    Of cards that were not replaced, or hold nothing, it moves nothing; so it may be called at any
    time and any number of times.
    """
    known = CardRepository(uow).known(tenant_id, card_nos)
    replaced = sorted(no for no, card in known.items() if card.state is CardState.REPLACED)
    for card_no, money in ledger.cards(uow, tenant_id=tenant_id, card_nos=replaced).items():
        if _has_free_money(money):
            _carry(uow, CardRepository(uow).get(tenant_id, card_no, lock=True))


def carry_all(uow: UnitOfWork, *, tenant_id: str) -> None:
    """`carry_on` for every replaced card, since a hold that ended is no event; and their debts.

    A debt goes along once its card has been quiet for `DEBT_WAITS`. What is found wrong about a
    late pour is put right before, on the old card: carried at once, the debt would be taken out
    of what is written on the new card already, and the correction written on top of it.
    """
    life = LifeRepository(uow, tenant_id)
    quiet = life.quiet_since(clock.now() - DEBT_WAITS)
    for card_no, money in ledger.cards(uow, tenant_id=tenant_id, card_nos=life.replaced()).items():
        if _has_free_money(money) or (money.receivable_fen > 0 and card_no in quiet):
            _carry(uow, CardRepository(uow).get(tenant_id, card_no, lock=True))


def check_identity(uow: UnitOfWork, *, card: Card) -> None:
    """Refuse to hand much money over to somebody whose papers nobody has seen.

    Raises:
        PapersNeededError: the card is worth more than a bearer card may hold, and its holder's real
            name is not verified. Source: MOFCOM 2012/9, articles 15 and 21.
    """
    worth_fen = ledger.card(uow, tenant_id=card.tenant_id, card_no=card.card_no).balance_fen
    most_fen = policy.current(uow, tenant_id=card.tenant_id).bearer_card_fen_max
    if worth_fen <= most_fen or card.customer_id is None:
        return
    if not people.is_verified(uow, tenant_id=card.tenant_id, customer_id=card.customer_id):
        raise PapersNeededError(
            f"card {card.card_no} holds more than {most_fen} fen: look at its holder's papers and "
            "note his real name first"
        )


def _check(uow: UnitOfWork, old: Card, new_card_no: str) -> None:
    rules.after(old.card_no, old.state, Act.REPLACE)
    if old.customer_id is None:
        raise NoHolderError(f"card {old.card_no} is nobody's: register it to its holder first")
    if new_card_no == old.card_no:
        raise InvalidError("the new card has a number of its own")
    standing = blocklist.reasons(uow, tenant_id=old.tenant_id, card_no=old.card_no)
    if others := sorted(standing - _LEAVES_WITH_THE_PLASTIC):
        raise BlockedElsewhereError(
            f"card {old.card_no} is blocked ({', '.join(others)}): have that lifted first"
        )
    check_identity(uow, card=old)


def _new(uow: UnitOfWork, old: Card, card_no: str, kind: CardKind, actor: str) -> Card:
    """The card that takes the place: a blank one of the tenant's, or one issued now."""
    cards = CardRepository(uow)
    assert old.customer_id is not None
    if not cards.exists(old.tenant_id, card_no):
        issue(
            uow,
            tenant_id=old.tenant_id,
            card_no=card_no,
            kind=kind,
            balance_fen=Fen(0),
            actor=actor,
            reason="replacement",
        )
    card = cards.get(old.tenant_id, card_no, lock=True)
    is_blank = card.customer_id in {None, old.customer_id} and card.replaces is None
    if card.state is not CardState.ACTIVE or not is_blank:
        raise CardInUseError(f"card {card_no} is in use: take a blank one")
    if card.customer_id is None:
        register(uow, card, old.customer_id, actor=actor, reason="replacement")
    return card


def _charge_fee(uow: UnitOfWork, old: Card) -> None:
    fee_fen = policy.current(uow, tenant_id=old.tenant_id).card_replace_fee_fen
    if fee_fen == 0:
        return
    command = ledger.Command(
        key=f"fee:{old.card_no}:replace",
        kind="card_fee",
        event_at=clock.now(),
        movement=ledger.Pour(old.card_no, fee_fen, revenue=chart.FEES),
        content={"card": old.card_no, "fen": fee_fen},
    )
    ledger.post(uow, tenant_id=old.tenant_id, commands=[command])


def _has_free_money(money: ledger.CardBalance) -> bool:
    return money.principal_fen + money.bonus_fen + money.pending_load_fen > money.held_fen


def _carry(uow: UnitOfWork, old: Card) -> None:
    """Carry what a locked card holds now to whichever card is in use in its place."""
    money = ledger.card(uow, tenant_id=old.tenant_id, card_no=old.card_no)
    if not _has_free_money(money) and money.receivable_fen <= 0:
        return
    heir = successor(uow, tenant_id=old.tenant_id, card_no=old.card_no)
    old.carries += 1
    command = ledger.Command(
        key=f"carry:{old.card_no}:{old.carries}",
        kind="card_carried",
        event_at=clock.now(),
        movement=ledger.Carry(old.card_no, heir.card_no, to_purse=heir.kind.has_purse),
        content={"from": old.card_no, "to": heir.card_no, "n": old.carries},
    )
    ledger.post(uow, tenant_id=old.tenant_id, commands=[command])
    uow.emit(CardCarried(tenant_id=old.tenant_id, card_no=old.card_no, heir=heir.card_no))
