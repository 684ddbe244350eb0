"""D18: a flow meter that drifts, told by whatever else measured the same water.

Three witnesses: the machine's lifetime counter beside the sum of its pours, a reference meter where
it has one, and the pulses beside the millilitres made of them. A burst of free water is no drift:
pours are compared one by one and the middle one is taken.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from tapline.reconciliation.meters.sightings import Sighting

WINDOW_DAYS = 7
PAIRS_MIN = 20
"""So many pours on either side of a comparison before it says anything."""
_POUR_ML_MIN = 200
"""Below, whole millilitres and pulses are too coarse to compare."""
_SLACK = 0.005
_ALARM = 0.10


class Drift(NamedTuple):
    """By how much a meter is off, and who says so: `totals`, `reference` or `pulses`."""

    witness: str
    per_mille: int
    """Above 0 the pours are metered too low: customers get more than they pay for."""


class Reference(NamedTuple):
    """What a second meter, which sees the same water, had counted at a moment."""

    moment: datetime
    ml: int


def by_totals(pairs: Sequence[tuple[int, int]]) -> Drift | None:
    """Pours as (rise of the lifetime counter, ml of the fact), both in ml."""
    ratios = [rise / ml for rise, ml in pairs if ml >= _POUR_ML_MIN]
    return _told("totals", median(ratios) - 1) if len(ratios) >= PAIRS_MIN else None


def by_reference(
    metered: Sequence[Reference], reference: Sequence[Reference], *, ml_min: int
) -> Drift | None:
    """The lifetime counter, as (moment, ml), beside a reference meter over the same stretch.

    The reference is read at the moments of its own readings that lie inside what was metered; less
    water than `ml_min` says nothing.
    """
    if len(metered) < 2:
        return None
    inside = [one for one in reference if metered[0].moment <= one.moment <= metered[-1].moment]
    if len(inside) < 2:
        return None
    first, last = inside[0], inside[-1]
    true_ml = last.ml - first.ml
    ours_ml = _at(metered, last.moment) - _at(metered, first.moment)
    if true_ml < ml_min or ours_ml <= 0:
        return None
    return _told("reference", true_ml / ours_ml - 1)


def by_pulses(facts: Sequence[Sighting]) -> Drift | None:
    """A change of the millilitres that one pulse stands for, along `facts` in order.

    A two-sided CUSUM (E. S. Page, Continuous inspection schemes, Biometrika 41, 1954) of the
    relative deviation from the first pours' median: small lasting shifts add up, noise does not.
    """
    ratios = [
        fact.ml / fact.pulses
        for fact in facts
        if fact.is_sure and fact.pulses and fact.ml >= _POUR_ML_MIN
    ]
    if len(ratios) < 2 * PAIRS_MIN:
        return None
    usual = median(ratios[:PAIRS_MIN])
    high = low = 0.0
    alarmed = False
    for ratio in ratios[PAIRS_MIN:]:
        off = ratio / usual - 1
        high, low = max(0.0, high + off - _SLACK), max(0.0, low - off - _SLACK)
        alarmed = alarmed or max(high, low) > _ALARM
    if not alarmed:
        return None
    # A pulse that stands for more water than it did makes pours read too high.
    return _told("pulses", usual / median(ratios[-PAIRS_MIN:]) - 1)


def worst(drifts: Sequence[Drift | None]) -> Drift | None:
    """The largest of what the witnesses say; of equals the one named first."""
    told = [drift for drift in drifts if drift is not None]
    return max(told, key=lambda drift: abs(drift.per_mille), default=None)


def _told(witness: str, share: float) -> Drift:
    return Drift(witness, round(1000 * share))


def _at(metered: Sequence[Reference], moment: datetime) -> int:
    """The counter at a moment: the last reading not after it."""
    return max((one for one in metered if one.moment <= moment), key=lambda one: one.moment).ml
