"""How long filters last, by days and by litres. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tapline.policy import Policy
from tapline.water.care.model import FilterKind, Treatment

DUE_PERCENT = 90
"""From here on a filter is to be changed at the next visit."""


@dataclass(frozen=True, slots=True)
class FilterLife:
    """A filter in use, and how much of its life is gone."""

    kind: FilterKind
    changed_at: datetime
    due_at: datetime
    """By days alone; litres may bring it forward."""
    litres: int | None
    """Run through it; None where the machine does not count."""
    litres_max: int | None
    percent: int

    @property
    def is_due(self) -> bool:
        """Whether it is to be changed at the next visit, or should have been."""
        return self.percent >= DUE_PERCENT


def lives(policy: Policy) -> Mapping[FilterKind, tuple[int, int | None]]:
    """Days and litres that each kind lasts; a lamp wears by time alone."""
    return {
        FilterKind.PREFILTER: (policy.water_prefilter_days, policy.water_prefilter_litres),
        FilterKind.CARBON: (policy.water_carbon_days, policy.water_carbon_litres),
        FilterKind.MEMBRANE: (policy.water_membrane_days, policy.water_membrane_litres),
        FilterKind.POSTFILTER: (policy.water_postfilter_days, policy.water_postfilter_litres),
        FilterKind.UV_LAMP: (policy.water_uv_lamp_days, None),
    }


def life(policy: Policy, change: Treatment, total_ml: int | None, now: datetime) -> FilterLife:
    """How far the filter of a change is worn, by what is further: its days or its litres."""
    assert change.filter_kind is not None
    days, litres_max = lives(policy)[change.filter_kind]
    litres = None
    if total_ml is not None and change.total_ml is not None:
        litres = max(0, total_ml - change.total_ml) // 1000
    by_days = 100 * max(timedelta(), now - change.at) // timedelta(days=days)
    by_litres = 100 * litres // litres_max if litres is not None and litres_max else 0
    return FilterLife(
        kind=change.filter_kind,
        changed_at=change.at,
        due_at=change.at + timedelta(days=days),
        litres=litres if litres_max else None,
        litres_max=litres_max,
        percent=max(by_days, by_litres),
    )
