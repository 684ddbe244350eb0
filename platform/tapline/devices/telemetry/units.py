"""Readings in other units: the unit stands last in a reading's name, and we make ours of it. Pure.

A firmware need not say which units it uses: its readings do. What has a name that is not known here
is kept as it came.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tapline.devices.telemetry.model import Metric


class _Other(NamedTuple):
    metric: Metric
    converted: Callable[[int], float]


_OTHERS: Mapping[str, _Other] = {
    "p_in_bar_x100": _Other(Metric.P_IN_KPA, lambda bar_x100: bar_x100),
    "p_post_bar_x100": _Other(Metric.P_POST_KPA, lambda bar_x100: bar_x100),
    "p_in_mbar": _Other(Metric.P_IN_KPA, lambda mbar: mbar / 10),
    "p_post_mbar": _Other(Metric.P_POST_KPA, lambda mbar: mbar / 10),
    "p_in_psi_x10": _Other(Metric.P_IN_KPA, lambda psi_x10: psi_x10 * 0.6894757),
    "p_post_psi_x10": _Other(Metric.P_POST_KPA, lambda psi_x10: psi_x10 * 0.6894757),
    "flow_l_h": _Other(Metric.FLOW_ML_S, lambda l_h: l_h / 3.6),
    "flow_ml_min": _Other(Metric.FLOW_ML_S, lambda ml_min: ml_min / 60),
    "temp_c": _Other(Metric.TEMP_C_X10, lambda c: 10 * c),
    "temp_f_x10": _Other(Metric.TEMP_C_X10, lambda f_x10: (f_x10 - 320) / 1.8),
}


_LARGEST = 2**53


def ours(measured: Mapping[str, object]) -> Mapping[str, object]:
    """The readings under our names, in our units, rounded. Where a reading comes in both, ours is
    believed; what is no integer of a sensible size stays as it is, under its own name."""
    if measured.keys().isdisjoint(_OTHERS):
        return measured
    told = dict(measured)
    for name in measured.keys() & _OTHERS.keys():
        value, other = measured[name], _OTHERS[name]
        if type(value) is int and abs(value) < _LARGEST:
            del told[name]
            told.setdefault(other.metric.value, round(other.converted(value)))
    return told
