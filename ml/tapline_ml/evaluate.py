"""How good foresight is, on devices and days that were not learnt from.

A figure never stands alone: what chance, a plain rule and the best possible would score is computed
by the same functions.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.metrics import average_precision_score

from tapline_ml import policy
from tapline_ml.history import PARTS, Bools, Floats, Ints
from tapline_ml.predictor import HORIZON_D

TRUE_WITHIN_D = 30
"""An alert is right if its part fails within so many days."""
LEAD_MIN_D = 1
"""Less than a day's warning is none."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """A period in which probabilities were made and it is known what failed.

    `probability`, `believed`, `failed`: (days, parts, devices); `down`: (days, devices), failed
    and not yet repaired; `site`: (devices,). Days follow each other.
    """

    probability: Floats
    believed: Bools
    failed: Bools
    down: Bools
    site: Ints

    def of(self, devices: Ints) -> "Trial":
        """The same period of some of the devices, repeated as often as they are named."""
        return Trial(
            self.probability[..., devices],
            self.believed[..., devices],
            self.failed[..., devices],
            self.down[:, devices],
            self.site[devices],
        )

    @property
    def alarming(self) -> Bools:
        """(days, parts, devices) on which an alert may be raised: no call is open."""
        return self.believed & ~self.down[:, None, :]


class Alerts(NamedTuple):
    """What a policy over a trial would have done. `a_month` is alerts a device and month; shares
    are NaN where there was nothing to share; leads in days."""

    a_month: float
    recall: float
    precision: float
    lead_median_d: float
    lead_p10_d: float


def pr_auc(trial: Trial) -> dict[str, float]:
    """Average precision by part, and `any` for whichever part; what failed already is left out."""
    soon, known = _soon(trial)
    found = {}
    for row, part in enumerate(PARTS):
        found[part] = _average_precision(soon[:, row][known], trial.probability[:, row][known])
    either: Floats = 1 - np.prod(1 - np.nan_to_num(trial.probability), axis=1)
    found["any"] = _average_precision(_either(soon)[known], either[known])
    return found


def prevalence(trial: Trial) -> dict[str, float]:
    """What "always alarm" scores: the share of device-days before a failure."""
    soon, known = _soon(trial)
    found = {part: float(soon[:, row][known].mean()) for row, part in enumerate(PARTS)}
    return found | {"any": float(_either(soon)[known].mean())}


def calibration_error(trial: Trial) -> dict[str, float]:
    """Expected calibration error by part, in ten bins of equal width; NaN without probabilities."""
    soon, known = _soon(trial)
    found = {}
    for row, part in enumerate(PARTS):
        p, true = trial.probability[:, row][known], soon[:, row][known]
        if np.isnan(p).any():
            found[part] = float("nan")
            continue
        bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
        sizes = np.bincount(bins, minlength=_BINS)
        gaps = np.bincount(bins, p, _BINS) - np.bincount(bins, true, _BINS)
        found[part] = float(np.abs(gaps).sum() / sizes.sum())
    return found


def alerts(trial: Trial, over: Bools) -> Alerts:
    """Replay the policy over (days, parts, devices) of being over the threshold."""
    raised = policy.replay(over, trial.alarming)
    days, _, devices = over.shape
    failures: dict[tuple[int, int], list[int]] = {}
    for day, part, device in np.argwhere(trial.failed):
        failures.setdefault((int(part), int(device)), []).append(int(day))
    leads: dict[tuple[int, int, int], int] = {}
    right = judged = 0
    for day, part, device in raised:
        ahead = [at for at in failures.get((part, device), ()) if at >= day]
        hit = bool(ahead) and ahead[0] - day <= TRUE_WITHIN_D
        judged += hit or day + TRUE_WITHIN_D < days
        right += hit
        if hit and ahead[0] - day >= LEAD_MIN_D:
            leads.setdefault((part, device, ahead[0]), ahead[0] - day)
    foreseeable = sum(1 for days_ in failures.values() for at in days_ if at >= policy.PERSIST_D)
    return Alerts(
        len(raised) * policy.MONTH_D / (devices * days),
        _share(len(leads), foreseeable),
        _share(right, judged),
        float(np.median(list(leads.values()))) if leads else float("nan"),
        float(np.percentile(list(leads.values()), 10)) if leads else float("nan"),
    )


def budgeted(trial: Trial, budget: float = policy.BUDGET_A_MONTH) -> Alerts:
    """Alerts at the threshold that keeps the budget on this very trial: what compares rankings."""
    limit = policy.threshold(trial.probability, trial.alarming, budget=budget)
    return alerts(trial, trial.probability >= limit)


def interval(values: Floats) -> tuple[float, float]:
    """The middle 95 % of bootstrapped values, without those that could not be computed."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def resampled(trial: Trial, rng: np.random.Generator) -> Trial:
    """The trial with its sites drawn again, with replacement: devices of a site fail together."""
    sites = np.unique(trial.site)
    drawn = rng.choice(sites, len(sites))
    return trial.of(np.concatenate([np.flatnonzero(trial.site == site) for site in drawn]))


def _soon(trial: Trial) -> tuple[Bools, Bools]:
    """(days, parts, devices): fails within the horizon; (days, devices): that is known, the device
    works, and something was said about it."""
    soon = np.zeros_like(trial.failed)
    for shift in range(1, HORIZON_D + 1):
        soon[:-shift] |= trial.failed[shift:]
    known = ~trial.down & trial.believed.any(axis=1)
    known[-HORIZON_D:] = False
    return soon, known


def _either(soon: Bools) -> Bools:
    """(days, parts, devices) to (days, devices): whichever part."""
    whichever: Bools = np.any(soon, axis=1)
    return whichever


def _average_precision(true: Bools, score: Floats) -> float:
    if not true.any():
        return float("nan")
    return float(average_precision_score(true, np.nan_to_num(score)))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
