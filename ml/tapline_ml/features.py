"""What a model sees of a device on a day, from that day and earlier ones alone.

Training and serving call the same `at`: there is no second way to make a feature.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tapline_ml import detect, windows
from tapline_ml.history import PARTS, Floats, History, Ints
from tapline_ml.physics import SIGNALS

BASELINE_D = 14
"""The first days of a part, which later ones are compared with."""
LOOKBACK_D = 42
"""The longest window; what is older matters through the baseline alone."""

_AHEAD_D = 14

_OF_SIGNAL = (
    "now",
    "fortnight",
    "slope14",
    "slope42",
    "scatter",
    "peers",
    "cusum",
    "ewma",
    "ahead",
    "level",
)
_AT_BASELINE = {"now", "fortnight", "slope14", "slope42", "peers", "cusum", "ewma", "ahead"}
_CONTEXT = ("mains_kpa", "mains_min_kpa", "water_c", "silent_share")

FEATURES: tuple[str, ...] = (
    *(f"{signal}_{name}" for signal in SIGNALS for name in _OF_SIGNAL),
    *_CONTEXT,
    *(f"{part}_age_d" for part in PARTS),
)

SCHEMA_HASH = hashlib.sha256(
    ",".join((*FEATURES, f"baseline={BASELINE_D}", f"lookback={LOOKBACK_D}")).encode()
).hexdigest()
"""A model may only be asked in the words that it was taught in."""


class Outlook(NamedTuple):
    """Devices on one day. `matrix`: (devices, features). By signal, each (devices,), as logarithms:
    `now`, the mean of three days; `baseline`, the device's own; `peers`, the site's median of
    today's deviation from it."""

    matrix: Floats
    now: Mapping[str, Floats]
    baseline: Mapping[str, Floats]
    peers: Mapping[str, Floats]


def at(history: History, logs: Mapping[str, Floats], day: int) -> Outlook:
    """The features of every device on `day`; `logs` is `physics.signals(history)`."""
    columns: list[Floats] = []
    now, baselines, peers = {}, {}, {}
    for name, signal in SIGNALS.items():
        log = logs[name]
        began = history.began[signal.part][:, day]
        own = _first_days(log, began, day)
        base = _baseline(own)
        recent = _of_this_life(log, began, day)
        residual = (recent - base[:, None]) * (1 if signal.rises else -1)
        level = windows.mean(recent[:, -3:])
        off = windows.mean(residual[:, -3:])
        site = windows.by_site(off, history.site)
        smooth, trend = detect.ewma(residual), windows.slope(residual, at_least=10)
        columns += [
            off,
            windows.mean(residual[:, -14:]),
            windows.slope(residual[:, -14:]),
            trend,
            windows.deviation(residual[:, -14:]),
            off - site,
            detect.cusum(residual, windows.deviation(own)),
            smooth,
            smooth + _AHEAD_D * trend,
            level,
        ]
        now[name], baselines[name], peers[name] = level, base, site
    columns += _context(history, day)
    return Outlook(np.column_stack(columns), now, baselines, peers)


def at_baseline(matrix: Floats, signal: str, baseline: Floats) -> Floats:
    """A copy of `matrix` in which `signal` stands where it stood when the part was new."""
    changed = matrix.copy()
    for name in _AT_BASELINE:
        changed[:, FEATURES.index(f"{signal}_{name}")] = 0.0
    changed[:, FEATURES.index(f"{signal}_level")] = baseline
    return changed


def column(matrix: Floats, name: str) -> Floats:
    """One feature of every row."""
    values: Floats = matrix[:, FEATURES.index(name)]
    return values


def _first_days(log: Floats, began: Ints, day: int) -> Floats:
    """(devices, BASELINE_D): the first days of the part, NaN beyond `day`."""
    days = began[:, None] + np.arange(BASELINE_D)
    values = np.take_along_axis(log, np.minimum(days, log.shape[1] - 1), axis=1)
    return np.where(days <= day, values, np.nan)


def _baseline(own: Floats) -> Floats:
    """The device's own level, leaning on the fleet's for as long as few of its days are known."""
    known = windows.count(own)
    mine = windows.median(own)
    fleet = windows.median(mine[None, :])[0]
    weight: Floats = np.minimum(known / BASELINE_D, 1.0)
    leaning: Floats = weight * np.nan_to_num(mine) + (1 - weight) * fleet
    return np.where(known > 0, leaning, fleet)


def _of_this_life(log: Floats, began: Ints, day: int) -> Floats:
    """The look-back window without the days of the part that was in before."""
    window = windows.ending(log, day, LOOKBACK_D)
    days = np.arange(day + 1 - window.shape[1], day + 1)
    return np.where(days[None, :] >= began[:, None], window, np.nan)


def _context(history: History, day: int) -> list[Floats]:
    mains = history.sensors["p_in_kpa"]
    flow = windows.ending(history.sensors["flow_ml_s"], day, 14)
    lowest = np.nan_to_num(windows.ending(mains, day, 14), nan=np.inf).min(axis=1)
    return [
        windows.mean(windows.ending(mains, day, 3)),
        np.where(np.isinf(lowest), np.nan, lowest),
        windows.mean(windows.ending(history.sensors["temp_c"], day, 3)),
        1 - windows.count(flow) / max(flow.shape[1], 1),
        *((day - history.began[part][:, day]).astype(float) for part in PARTS),
    ]
