"""D03: water that nobody paid for: poured over what was asked, or metered without an operation."""

from dataclasses import dataclass

from tapline.policy import Policy
from tapline.reconciliation.meters.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeWater:
    """What came for nothing at or right before one fact; `worth_fen` at that fact's price."""

    over_ml: int
    """Beyond what was asked."""
    free_ml: int
    """Metered before it, while nothing was being sold."""
    worth_fen: int

    @property
    def ml(self) -> int:
        return self.over_ml + self.free_ml


@dataclass(slots=True)
class Day:
    """A machine's water of one business day, in ml."""

    free_ml: int = 0
    total_ml: int = 0
    worth_fen: int = 0

    def is_much(self, policy: Policy) -> bool:
        """Whether so much came for nothing that somebody should see to the machine."""
        return (
            self.free_ml >= policy.free_day_ml_min
            and self.free_ml * 1000 > policy.free_day_per_mille * self.total_ml
        )


def over_ml(fact: Sighting, policy: Policy) -> int:
    """How much more came than was asked for; 0 within what a closing valve lets through."""
    if not fact.is_sure or not fact.ml_req or not fact.is_proven:
        return 0
    if fact.ml * 100 <= (100 + policy.over_pour_extra_percent) * fact.ml_req:
        return 0
    return fact.ml - fact.ml_req


def free_water(
    fact: Sighting, *, over_ml: int, metered_ml: int, explained_ml: int, policy: Policy
) -> FreeWater | None:
    """What came for nothing with a fact, if it is worth saying.

    Args:
        fact: the fact in question, whose price is taken.
        over_ml: beyond what was asked.
        metered_ml: by how much the lifetime counter rose since the reading before.
        explained_ml: what the facts in between account for.
        policy: what is too little to mention.
    """
    free_ml = max(metered_ml - explained_ml, 0)
    if free_ml < policy.free_ml_min:
        free_ml = 0
    if not over_ml and not free_ml:
        return None
    worth_fen = (over_ml + free_ml) * fact.amt_fen // fact.ml_req if fact.ml_req else 0
    return FreeWater(over_ml=over_ml, free_ml=free_ml, worth_fen=worth_fen)
