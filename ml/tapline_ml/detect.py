"""The first track: is this device drifting away from itself? Unsupervised, per device."""

import numpy as np

from tapline_ml.history import Floats

ALLOWANCE = 0.5
"""Standard deviations that a day may be off without counting."""
DRIFTING = 8.0
"""A sum above this is a drift; pure noise gets here about once in many years of days."""
SD_MIN = 0.02
"""Of a logarithm: nothing is known to two per cent, however still the first days were."""
_DAY_MAX = 4.0


def cusum(residual: Floats, spread: Floats) -> Floats:
    """One-sided CUSUM of (rows, days) residuals that grow with wear; `spread` is (rows,).

    One wild day counts for `_DAY_MAX` at most; a hole changes nothing. Returns (rows,).
    """
    scale = np.maximum(np.where(np.isnan(spread), SD_MIN, spread), SD_MIN)
    scores = np.clip(np.nan_to_num(residual) / scale[:, None], -_DAY_MAX, _DAY_MAX)
    steps = np.where(np.isnan(residual), 0.0, scores - ALLOWANCE)
    total = np.zeros(len(residual))
    for step in steps.T:
        total = np.maximum(total + step, 0.0)
    return total


def ewma(residual: Floats, *, weight: float = 0.2) -> Floats:
    """Exponentially weighted mean of each row, newest last; NaN where a row has no value."""
    level = np.full(len(residual), np.nan)
    for today in residual.T:
        moved = np.where(np.isnan(level), today, level + weight * (today - level))
        level = np.where(np.isnan(today), level, moved)
    return level
