"""From a classifier's score to a share that comes true: a monotone curve, kept as plain numbers."""

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from tapline_ml.history import Bools, Floats

ISOTONIC_MIN = 200
"""Positives below which a sigmoid is fitted: a step curve would learn them by heart."""
_GRID = 64
_TILT = 1e-3
"""A stair of the isotonic curve would make equals of scores that are not: it slopes this little."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Linear between the points, level beyond them. `score` and `share` are (points,)."""

    score: Floats
    share: Floats

    def __call__(self, score: Floats) -> Floats:
        """The share that comes true at each score."""
        level = np.interp(score, self.score, self.share)
        tilted: Floats = (1 - _TILT) * level + _TILT * score
        return tilted


def fit(score: Floats, outcome: Bools) -> Curve:
    """The curve from scores (rows,) of devices not learnt from, and what became of them."""
    if int(outcome.sum()) < ISOTONIC_MIN:
        return _sigmoid(score, outcome)
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit(score, outcome)
    return Curve(fitted.X_thresholds_.astype(float), fitted.y_thresholds_.astype(float))


def _sigmoid(score: Floats, outcome: Bools) -> Curve:
    grid = np.linspace(0, 1, _GRID)
    share = np.full(_GRID, float(outcome.mean()))
    if 0 < outcome.sum() < len(outcome):
        fitted = LogisticRegression(C=1e4).fit(_logit(score)[:, None], outcome)
        share = fitted.predict_proba(_logit(grid)[:, None])[:, 1]
    return Curve(grid, share)


def _logit(score: Floats) -> Floats:
    held = np.clip(score, 1e-4, 1 - 1e-4)
    return np.log(held / (1 - held))
