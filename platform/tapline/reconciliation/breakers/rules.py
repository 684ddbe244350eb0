"""Which machines stand together, and when automatic money stops for them. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from tapline.policy import Policy
from tapline.reconciliation.breakers.model import Scope

HOUR = timedelta(hours=1)
WINDOWS: Sequence[timedelta] = (HOUR, timedelta(days=1))
"""The short one sees a new firmware among a day of good pours, the long one a small cohort."""


class Cohort(NamedTuple):
    """Machines that may fail together."""

    scope: Scope
    key: str


class Figures(NamedTuple):
    """What a cohort caused within a window: corrections named, their sum, and its pours.

    Pours are counted only until they are more than enough to excuse the corrections.
    """

    window: timedelta
    corrections: int
    fen: int
    pours: int


def cohorts(model: str | None, site_id: UUID | None) -> list[Cohort]:
    """The cohorts of a pour: by hardware model and firmware that made it, and by site."""
    found = []
    if model:
        found.append(Cohort(Scope.MODEL, model))
    if site_id is not None:
        found.append(Cohort(Scope.SITE, str(site_id)))
    return found


def excusing_pours(policy: Policy, corrections: int) -> int:
    """With so many pours, so many corrections are no more than what happens."""
    return -(-corrections * 1000 // max(policy.breaker_per_mille, 1))


def trips(policy: Policy, figures: Figures) -> bool:
    """Whether a cohort caused too much within a window."""
    if figures.window <= HOUR and figures.fen > policy.breaker_hour_fen_max:
        return True
    if figures.corrections < policy.breaker_corrections_min:
        return False
    return figures.pours < excusing_pours(policy, figures.corrections)
