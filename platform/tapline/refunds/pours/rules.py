"""What a machine may give back by itself, and what follows from a changed target. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from tapline import clock
from tapline.policy import Policy
from tapline.refunds.model import RefundState

CARD_WINDOW = timedelta(days=30)
MEASURED = frozenset({"D02"})
"""The rules whose amount follows from how much water was metered."""


class Obstacle(StrEnum):
    """Why a person must decide."""

    ASSURANCE = "assurance"
    """The evidence is not of a kind on which a machine may move money."""
    POUR = "pour"
    """It is more than a machine gives back for one pour."""
    CARD = "card"
    """The card was given back money too often lately."""
    DEVICE = "device"
    """The device caused too much of it today: a broken sensor would print money."""
    DAY = "day"
    """Machines gave back enough for one day, all cards together."""
    BREAKER = "breaker"
    """Machines of this firmware or site cause too much of it: none is believed for now."""
    METER = "meter"
    """Its meter drifts: how much water came is not to be had from it."""
    DECIDED = "decided"
    """A person has decided about this pour before, and now more is owed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pour owes: how well that is known, by which rule, and how much in all."""

    assurance: str
    code: str
    fen: int


@dataclass(frozen=True, slots=True)
class Others:
    """What machines gave back for other pours: of the card in 30 days, of the device and of
    everybody today."""

    card_count: int
    device_fen: int
    day_fen: int


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against believing the machine that poured."""

    breaker: bool = False
    """Automatic money is stopped for its firmware or its site."""
    drift: bool = False
    """Its meter drifts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was done about a pour so far. Amounts in fen."""

    state: RefundState
    amount_fen: int
    posted_fen: int
    automatic: bool


NOTHING = Standing(RefundState.SETTLED, 0, 0, automatic=True)
"""Nothing is owed, so nobody's word binds what may come."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: the new standing, and why where a person must decide."""

    standing: Standing
    obstacle: Obstacle | None = None


def day_start(now: datetime) -> datetime:
    """When the business day began."""
    return datetime.combine(clock.business_date(now), time(), clock.BUSINESS_ZONE)


def obstacle(policy: Policy, asked: Asked, others: Others, doubts: Doubts) -> Obstacle | None:
    """What forbids a machine to give back for a pour, if anything does: the first that does.

    A breaker comes first: what waits for it is decided by the rest when it is reset.
    """
    fen = asked.fen
    forbidden = {
        Obstacle.BREAKER: doubts.breaker,
        Obstacle.ASSURANCE: asked.assurance not in policy.automatic_assurances,
        Obstacle.METER: doubts.drift and asked.code in MEASURED,
        Obstacle.POUR: fen > policy.automatic_fen_max,
        Obstacle.CARD: others.card_count >= policy.automatic_per_card_30d_max,
        Obstacle.DEVICE: others.device_fen + fen > policy.automatic_per_device_day_fen_max,
        Obstacle.DAY: others.day_fen + fen > policy.automatic_day_fen_max,
    }
    return next((one for one, stands in forbidden.items() if stands), None)


def unasked(standing: Standing) -> Standing:
    """As it was before a breaker held it: nobody has decided anything about it."""
    return Standing(RefundState.SETTLED, standing.posted_fen, standing.posted_fen, automatic=True)


def next_step(standing: Standing, target_fen: int, forbidden: Obstacle | None) -> Step:
    """Follow a target: `posted_fen` of the new standing is what shall be given back in all.

    Less is always taken back at once. More is given by machine, unless something forbids it or a
    person has had a say; what a person rejected is asked again only when it grows.
    """
    if target_fen <= standing.posted_fen:
        return Step(_settled(standing, target_fen))
    if standing.state is RefundState.REJECTED and target_fen <= standing.amount_fen:
        return Step(standing)
    if standing.state is RefundState.REVIEW and target_fen == standing.amount_fen:
        return Step(standing)
    if not standing.automatic:
        forbidden = forbidden or Obstacle.DECIDED
    if forbidden is None:
        return Step(Standing(RefundState.SETTLED, target_fen, target_fen, automatic=True))
    held = Standing(RefundState.REVIEW, target_fen, standing.posted_fen, automatic=False)
    return Step(held, forbidden)


def _settled(standing: Standing, target_fen: int) -> Standing:
    if target_fen == 0 and standing.state is not RefundState.REJECTED:
        return NOTHING
    state = standing.state
    if state is RefundState.REVIEW:
        state = RefundState.SETTLED
    amount_fen = standing.amount_fen if state is RefundState.REJECTED else target_fen
    return Standing(state, amount_fen, target_fen, standing.automatic)
