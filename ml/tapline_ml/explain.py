"""Why a probability is what it is: put each signal back to where it began, and look what is left.

No sampling and no surrogate: the model itself is asked again, so the same device gives the same
explanation each time.
"""

from dataclasses import dataclass

import numpy as np

from tapline_ml.features import Outlook, at_baseline
from tapline_ml.physics import SIGNALS
from tapline_ml.predictor import PartModel

TOP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """One signal of one device. `value`, `baseline` and `expected` are in `unit`; `expected` is the
    own baseline moved as the site's median device has moved. `drop` is how much of the probability
    would go if the signal stood at its baseline; None where a rule spoke."""

    signal: str
    unit: str
    value: float
    baseline: float
    expected: float
    drop: float | None


def residuals(outlook: Outlook, device: int, part: str, model: PartModel | None) -> list[Residual]:
    """The signals that speak for this part, strongest first, `TOP` at most."""
    row = outlook.matrix[device : device + 1]
    drops: dict[str, float | None] = dict.fromkeys(SIGNALS)
    if model is not None:
        p = float(model.probability(row)[0])
        for name in SIGNALS:
            without = at_baseline(row, name, outlook.baseline[name][device : device + 1])
            drops[name] = p - float(model.probability(without)[0])
        order = sorted(SIGNALS, key=lambda name: -(drops[name] or 0.0))
    else:
        order = sorted(
            SIGNALS, key=lambda name: (SIGNALS[name].part != part, -_moved(outlook, name, device))
        )
    known = [name for name in order if not np.isnan(outlook.now[name][device])]
    return [_residual(outlook, device, name, drops[name]) for name in known[:TOP]]


def _moved(outlook: Outlook, name: str, device: int) -> float:
    return abs(float(outlook.now[name][device] - outlook.baseline[name][device]))


def _residual(outlook: Outlook, device: int, name: str, drop: float | None) -> Residual:
    signal = SIGNALS[name]
    baseline = float(outlook.baseline[name][device])
    peers = float(np.nan_to_num(outlook.peers[name][device])) * (1 if signal.rises else -1)
    return Residual(
        signal=name,
        unit=signal.unit,
        value=round(float(np.exp(outlook.now[name][device])), 2),
        baseline=round(float(np.exp(baseline)), 2),
        expected=round(float(np.exp(baseline + peers)), 2),
        drop=None if drop is None else round(drop, 3),
    )
