"""How much bonus a payment earns. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tapline.errors import InvalidError

_PER_MILLE_MAX = 1000
"""More than the same again is no bonus but a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a campaign promises: amounts in fen, `per_mille` of what is paid."""

    name: str
    since: datetime
    until: datetime
    paid_fen_min: int
    fixed_fen: int = 0
    per_mille: int = 0
    customer_fen_max: int


@dataclass(frozen=True, slots=True)
class Grant:
    """Bonus for one payment, and the campaign that it comes from."""

    campaign_id: UUID
    bonus_fen: int


def check(terms: Terms) -> None:
    """Refuse terms that promise nothing, or that nobody can mean."""
    if not terms.name.strip():
        raise InvalidError("give the campaign a name that customers understand")
    if terms.since >= terms.until:
        raise InvalidError("a campaign ends after it has begun")
    if min(terms.fixed_fen, terms.per_mille) < 0 or terms.fixed_fen + terms.per_mille == 0:
        raise InvalidError("promise a fixed bonus, a share of what is paid, or both")
    if terms.paid_fen_min <= 0:
        raise InvalidError("name the least payment that earns the bonus, above zero")
    if terms.per_mille > _PER_MILLE_MAX or terms.fixed_fen > terms.paid_fen_min:
        raise InvalidError("a bonus is at most as much as is paid for it: mend the amounts")
    if terms.customer_fen_max < earned_fen(terms.paid_fen_min, terms.fixed_fen, terms.per_mille):
        raise InvalidError("one customer may get less than the least payment earns: raise the cap")


def earned_fen(paid_fen: int, fixed_fen: int, per_mille: int) -> int:
    """The bonus of one payment before any cap, rounded down to the fen."""
    return fixed_fen + paid_fen * per_mille // 1000


def best(
    terms: Iterable[tuple[UUID, Terms]], *, paid_fen: int, used_fen: Mapping[UUID, int]
) -> Grant | None:
    """The campaign that gives this payment most; campaigns do not add up.

    `used_fen` is what this customer has had from each.
    """
    grants = []
    for campaign_id, one in terms:
        if paid_fen < one.paid_fen_min:
            continue
        left_fen = one.customer_fen_max - used_fen.get(campaign_id, 0)
        bonus_fen = min(earned_fen(paid_fen, one.fixed_fen, one.per_mille), left_fen)
        if bonus_fen > 0:
            grants.append(Grant(campaign_id, bonus_fen))
    return max(grants, key=lambda grant: (grant.bonus_fen, grant.campaign_id), default=None)
