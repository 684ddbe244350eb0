"""Many pours made good at once, on one decision about all of them: bad water, say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tapline import cards, clock, ledger, policy
from tapline.cards import Card, CardState
from tapline.cards.facts import Charge, Payer
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.refunds.goodwill import rules
from tapline.refunds.goodwill.model import Goodwill, GoodwillState, Why
from tapline.refunds.goodwill.repository import GoodwillRepository, Key
from tapline.refunds.goodwill.settling import bring_in_line
from tapline.refunds.pours.settlement import onto
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork

_TAKES_MONEY = frozenset({CardState.ACTIVE, CardState.FROZEN})


class Made(StrEnum):
    """What became of one pour."""

    GIVEN = "given"
    EARLIER = "earlier"
    """All of it was given back before, by a correction or out of goodwill."""
    LEFT = "left"
    """No card of ours takes it: a person settles it."""
    DEARER = "dearer"
    """It costs more by now than what was decided about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who asked for it, who decided, and what stands on every act."""

    asked_by: UUID
    decided_by: UUID
    why: Why
    words: str


def make_good(
    uow: UnitOfWork, *, tenant_id: str, pours: Mapping[Key, int], decision: Decision
) -> dict[Key, tuple[Made, int]]:
    """Give each pour's price back to its card, less what a correction or goodwill gave before:
    nothing is given twice, however often this is called. By pour: what became of it, and the fen
    given now; of a dearer one, the fen that it costs.

    `pours` says what each cost when it was decided, in fen: more than that is not given. The
    limits of one person's goodwill do not bind; whoever calls has had it decided. A correction
    that comes later counts against it (`follow`). Nobody is told.
    """
    refunds, given = RefundRepository(uow, tenant_id), GoodwillRepository(uow, tenant_id)
    refunds.be_alone()
    in_force = policy.current(uow, tenant_id=tenant_id)
    takers = _takers(uow, given, tenant_id, pours)
    corrected = refunds.of_pours(takers) if takers else {}
    made: dict[Key, tuple[Made, int]] = {}
    commands, taking, new = [], set(), []
    for key in sorted(pours):
        if key not in takers:
            made[key] = (Made.LEFT, 0)
            continue
        charge, card, act = takers[key]
        if charge.amount_fen > pours[key]:
            made[key] = (Made.DEARER, charge.amount_fen)
            continue
        if act is not None:
            act = _taken_in(uow, act, charge, decision)
        if act is None:
            act = _act(charge, card, decision, in_force.version)
            new.append(act)
        act.amount_fen = max(act.amount_fen, charge.amount_fen)
        refund = corrected.get(key)
        standing_fen = rules.standing_fen(act.amount_fen, refund.posted_fen if refund else 0)
        change_fen = standing_fen - act.posted_fen
        made[key] = (Made.GIVEN, change_fen) if change_fen > 0 else (Made.EARLIER, 0)
        if change_fen > 0:
            commands.append(_posted(act, card, change_fen, standing_fen))
            taking.add(card.card_no)
    given.add_all(new)
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    cards.carry_on(uow, tenant_id=tenant_id, card_nos=sorted(taking))
    return made


def no_longer_left(uow: UnitOfWork, *, tenant_id: str, keys: Collection[Key]) -> list[Key]:
    """Which of these pours `make_good` would not leave to a person now: in suspense before, they
    are charged to a card of ours by now; or its card takes money again."""
    RefundRepository(uow, tenant_id).be_alone()
    return sorted(_takers(uow, GoodwillRepository(uow, tenant_id), tenant_id, keys))


def owed(uow: UnitOfWork, *, tenant_id: str, keys: Collection[Key]) -> dict[Key, int]:
    """What `make_good` would give now for each of these pours, in fen; absent is one that it would
    leave to a person."""
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    takers = _takers(uow, GoodwillRepository(uow, tenant_id), tenant_id, keys)
    return {
        key: rules.owed_fen(charge, act, refunds.of_pour(*key))
        for key, (charge, _, act) in takers.items()
    }


def _takers(
    uow: UnitOfWork, given: GoodwillRepository, tenant_id: str, keys: Collection[Key]
) -> dict[Key, tuple[Charge, Card, Goodwill | None]]:
    """What pours cost, locked, with the card that takes it back and the act that stands; absent
    where a person settles it."""
    before = {(one.device_id, one.seq): one for one in given.of(keys)} if keys else {}
    charges = given.charges(keys)
    numbers = {one.card_no for one in charges.values() if one.card_no is not None}
    ours = cards.known(uow, tenant_id=tenant_id, card_nos=sorted(numbers))
    takers = {}
    for key, charge in charges.items():
        card, act = _taker(charge, ours), before.get(key)
        if card is not None and (act is None or _may_grow(act, charge)):
            takers[key] = (charge, card, act)
    return takers


def _taker(charge: Charge, ours: dict[str, Card]) -> Card | None:
    """The card that paid, where it still takes money."""
    if charge.payer is not Payer.CARD or charge.card_no is None or charge.amount_fen <= 0:
        return None
    card = ours.get(charge.card_no)
    return card if card is not None and card.state in _TAKES_MONEY else None


def _may_grow(act: Goodwill, charge: Charge) -> bool:
    """Whether an act that stands can be added to, or replaced: nobody decides on it, and it went to
    the card that pays now, or nothing of it is left. A pour may have been charged to another card
    since; an act has one."""
    if act.card_no != charge.card_no:
        return rules.is_void(act, charge)
    return act.state is GoodwillState.GIVEN


def _taken_in(
    uow: UnitOfWork, act: Goodwill, charge: Charge, decision: Decision
) -> Goodwill | None:
    """An act that stands, at what its pour costs by now: from here on part of the decision where
    that asks for more. None where another card pays: what it had of it is taken back, it ends."""
    refund = RefundRepository(uow, act.tenant_id).of_pour(act.device_id, act.seq)
    bring_in_line(uow, act, charge, refund)
    if act.card_no != charge.card_no:
        GoodwillRepository(uow, act.tenant_id).end(act)
        return None
    given_fen = rules.standing_fen(act.amount_fen, rules.cheaper_fen(act, charge))
    act.amount_fen = max(given_fen, charge.amount_fen)
    act.price_fen = charge.amount_fen
    if given_fen < charge.amount_fen:
        act.obstacle = None
        act.decided_by, act.decided_at = decision.decided_by, clock.now()
    return act


def _act(charge: Charge, card: Card, decision: Decision, policy_version: int) -> Goodwill:
    now = clock.now()
    return Goodwill(
        goodwill_id=new_id(),
        tenant_id=charge.tenant_id,
        device_id=charge.device_id,
        seq=charge.seq,
        card_no=card.card_no,
        amount_fen=charge.amount_fen,
        posted_fen=0,
        price_fen=charge.amount_fen,
        revision=0,
        state=GoodwillState.GIVEN,
        why=decision.why,
        words=decision.words,
        staff_id=decision.asked_by,
        asked_at=now,
        given_at=now,
        decided_by=decision.decided_by,
        decided_at=now,
        policy_version=policy_version,
    )


def _posted(act: Goodwill, card: Card, change_fen: int, standing_fen: int) -> ledger.Command:
    """Note what the card has of it now; the command that gives it."""
    act.revision, act.posted_fen = act.revision + 1, standing_fen
    return ledger.Command(
        key=f"{act.subject}:{act.revision}",
        kind="goodwill",
        event_at=clock.now(),
        movement=onto(card, change_fen, chart.GOODWILL),
        content={"card": card.card_no, "change_fen": change_fen},
        source={"device": act.device_id, "seq": act.seq, "actor": act.words},
    )
