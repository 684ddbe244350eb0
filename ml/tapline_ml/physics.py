"""From sensors to quantities that wear moves and weather does not. All arrays (devices, days).

Each signal belongs to one part, is normalised to reference conditions, and is later compared with
the same device's own past: what differs between two good devices then does not matter.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from tapline_ml.history import Floats, History

FLOW_REF_ML_S = 80.0
BEND = 0.35
"""Share of a pre-filter's pressure drop that grows with the square of the flow."""
HEAD_REF_KPA = 450.0
"""What a new pump adds, from the data sheet. A wrong one cancels against the own past."""
_KELVIN = 273.0


class Signal(NamedTuple):
    """A normalised quantity: the part whose wear it shows, its unit, whether wear makes it rise."""

    part: str
    unit: str
    rises: bool
    compute: Callable[[Mapping[str, Floats]], Floats]


def _filter_drop(sensors: Mapping[str, Floats]) -> Floats:
    """kPa lost in the pre-filter at reference flow: a second-degree law of the flow.

    Without flow nothing is lost: what the two sensors then differ by is taken off.
    """
    q = sensors["flow_ml_s"] / FLOW_REF_ML_S
    wrong = _held(sensors["still_kpa"])
    lost = sensors["p_in_kpa"] - sensors["p_post_kpa"] - wrong
    return lost / ((1 - BEND) * q + BEND * q * q)


def _held(values: Floats, *, weight: float = 0.1) -> Floats:
    """A running mean over the days so far, the last one where a day says nothing, 0 before."""
    level = np.zeros(len(values))
    seen = np.zeros(len(values), dtype=bool)
    held = np.empty_like(values)
    for day, today in enumerate(values.T):
        known = ~np.isnan(today)
        moved = np.where(seen, level + weight * (today - level), today)
        level = np.where(known, moved, level)
        seen |= known
        held[:, day] = level
    return held


def _pump_current(sensors: Mapping[str, Floats]) -> Floats:
    """mA that the pump draws for reference flow."""
    return sensors["pump_ma"] * FLOW_REF_ML_S / sensors["flow_ml_s"]


def _water_yield(sensors: Mapping[str, Floats]) -> Floats:
    """ml/s at 25 °C for each MPa that drives water through the membrane.

    The temperature correction is that of ASTM D4516: exp(2640 (1/298 - 1/(T + 273))).
    """
    correction = np.exp(2640 * (1 / 298 - 1 / (sensors["temp_c"] + _KELVIN)))
    driving_mpa = (sensors["p_post_kpa"] + HEAD_REF_KPA) / 1000
    return sensors["flow_ml_s"] / (correction * driving_mpa)


def _salt_passage(sensors: Mapping[str, Floats]) -> Floats:
    """Per cent of the feed's salts that come through."""
    return 100 * sensors["tds_out"] / sensors["tds_in"]


SIGNALS: Mapping[str, Signal] = {
    "filter_drop": Signal("prefilter", "kPa", True, _filter_drop),
    "pump_current": Signal("pump", "mA", True, _pump_current),
    "water_yield": Signal("membrane", "ml/s/MPa", False, _water_yield),
    "salt_passage": Signal("membrane", "%", True, _salt_passage),
}


def signals(history: History) -> Mapping[str, Floats]:
    """The natural logarithm of each signal, NaN where a sensor is silent or says nonsense."""
    found = {}
    for name, signal in SIGNALS.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            value = signal.compute(history.sensors)
            found[name] = np.where(value > 0, np.log(np.maximum(value, 1e-3)), np.nan)
    return found
