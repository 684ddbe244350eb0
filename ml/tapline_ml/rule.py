"""Where too little is known to speak of probability: a limit that the data sheet would give."""

from collections.abc import Mapping

import numpy as np

from tapline_ml import detect
from tapline_ml.features import Outlook, column
from tapline_ml.history import PARTS, Bools

_SIGNAL = {"prefilter": "filter_drop", "pump": "pump_current", "membrane": "water_yield"}

LIMIT: Mapping[str, float] = {
    "prefilter": float(np.log(2.4)),
    "pump": float(np.log(1.25)),
    "membrane": float(np.log(1.5)),
}
"""How far a part's signal may move from its own beginning, as a logarithm: a pre-filter at 2.4
times its first pressure drop, a pump at a quarter more current, a membrane giving two thirds."""


def over(outlook: Outlook) -> Bools:
    """(parts, devices): the first track drifts, and the limit is passed."""
    rows = []
    for part in PARTS:
        signal = _SIGNAL[part]
        drifting = column(outlook.matrix, f"{signal}_cusum") > detect.DRIFTING
        rows.append(drifting & (column(outlook.matrix, f"{signal}_now") > LIMIT[part]))
    return np.stack(rows)
