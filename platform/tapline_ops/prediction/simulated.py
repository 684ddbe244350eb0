"""Simulated estates as a model sees them: histories, and what the service centre wrote down.

Here the simulator and the learner meet, and nowhere else: `tapline_ml` cannot import the simulator,
and what is hidden in there reaches evaluation alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tapline_ml import features, physics, policy
from tapline_ml.evaluate import Trial
from tapline_ml.features import Outlook
from tapline_ml.history import PARTS, SENSORS, Bools, Floats, History, beginnings
from tapline_ml.predictor import HORIZON_D, Examples, PartModel, probabilities
from tapline_sim.ageing import Hidden, Observed, Population, age
from tapline_sim.ageing_water import Climate

TRAINING, CALIBRATION, TEST, SHOWN = 1, 2, 3, 4
"""Streams of randomness that never meet; `SHOWN` is the demonstration's own."""

FIRST_DAY = 739_000
"""2024-04-25: any day does, the year's swing hangs on it."""
WARM_UP_D = 28
"""Before that a history says too little to learn from."""

LEARNT_FROM = Population()
ELSEWHERE = Population(
    climate=Climate(mean_c=16.5, swing_c=9.5, mains_kpa=240, feed_tds=230, turbidity_swing=0.35),
    prefilter_d=190,
    pump_d=480,
    membrane_d=380,
    spread=0.5,
    litres_a_day=95,
)
"""Where a model is tested: other rates, other water, other seeds."""
COLD = replace(
    ELSEWHERE,
    climate=Climate(mean_c=8, swing_c=12, mains_kpa=220, feed_tds=320, turbidity_swing=0.7),
)
"""A climate that nothing was learnt in."""


@dataclass(frozen=True, slots=True)
class Estate:
    """A simulated estate from outside: its history, and repairs as they were written down."""

    history: History
    called: Bools
    """(parts, devices, days): a customer called that day, and this part was written down."""
    waiting: Bools
    """(devices, days): between a call and the repair."""


def estate(
    population: Population, *, stream: int, seed: int, sites: int, devices_a_site: int, days: int
) -> tuple[Estate, Hidden]:
    """An estate that aged, and apart from it what is true inside."""
    observed, hidden = age(
        population,
        sites=sites,
        devices_a_site=devices_a_site,
        days=days,
        first_day=FIRST_DAY,
        stream=stream,
        seed=seed,
    )
    return _seen(observed), hidden


def daily(observed: Observed) -> dict[str, Floats]:
    """Means over the days of each sensor, by the names and units of `tapline_ml`."""
    means = {}
    for name in SENSORS:
        blocks = observed.sensors["temp_c_x10"] / 10 if name == "temp_c" else observed.sensors[name]
        known = ~np.isnan(blocks)
        total = np.where(known, blocks, 0.0).sum(axis=2)
        counted = known.sum(axis=2)
        means[name] = np.where(counted > 0, total / np.maximum(counted, 1), np.nan)
    return means


def sampled(estate: Estate, *, every_d: int) -> Examples:
    """Device-days to learn from, one in `every_d`, judged by what was written down.

    The last days are left out, for what they led to is not known, and so are days on which a call
    was open already.
    """
    history = estate.history
    logs = physics.signals(history)
    soon = upcoming(estate.called)
    rows: list[Floats] = []
    outcomes: list[Bools] = []
    for day in range(WARM_UP_D, history.days - HORIZON_D, every_d):
        usable = ~estate.waiting[:, day]
        rows.append(features.at(history, logs, day).matrix[usable])
        outcomes.append(soon[:, usable, day])
    outcome = np.concatenate(outcomes, axis=1)
    return Examples(np.concatenate(rows), dict(zip(PARTS, outcome, strict=True)))


def upcoming(happens: Bools) -> Bools:
    """(…, days): whether it happens within the horizon after that day."""
    ahead = np.zeros_like(happens)
    for shift in range(1, HORIZON_D + 1):
        ahead[..., :-shift] |= happens[..., shift:]
    return ahead


def _seen(observed: Observed) -> Estate:
    sensors = daily(observed)
    devices, days = sensors["flow_ml_s"].shape
    services = [(repair.device, repair.done, repair.part) for repair in observed.repairs]
    called = np.zeros((len(PARTS), devices, days), dtype=bool)
    waiting = np.zeros((devices, days), dtype=bool)
    for repair in observed.repairs:
        waiting[repair.device, repair.called : repair.done + 1] = True
        if repair.part in PARTS and repair.called < days:
            called[PARTS.index(repair.part), repair.device, repair.called] = True
    history = History(observed.site, sensors, beginnings(sensors, services))
    return Estate(history, called, waiting)


@dataclass(frozen=True, slots=True)
class Watched:
    """An estate on consecutive days: an outlook a day, and where it may be believed."""

    outlooks: tuple[Outlook, ...]
    believed: Bools
    """(days, parts, devices)"""


def watch(estate: Estate) -> Watched:
    """The features of every day after the first weeks."""
    history, logs = estate.history, physics.signals(estate.history)
    days = range(WARM_UP_D, history.days)
    outlooks = tuple(features.at(history, logs, day) for day in days)
    believed = [
        policy.speaks(history, outlook.matrix, day)
        for day, outlook in zip(days, outlooks, strict=True)
    ]
    return Watched(outlooks, np.stack(believed))


def trial(estate: Estate, hidden: Hidden, watched: Watched, probability: Floats) -> Trial:
    """What was foretold, (days, parts, devices), beside what really failed."""
    failed = np.zeros((estate.history.days, len(PARTS), estate.history.devices), dtype=bool)
    for failure in hidden.failures:
        if failure.part in PARTS:
            failed[failure.day, PARTS.index(failure.part), failure.device] = True
    return Trial(
        probability,
        watched.believed,
        failed[WARM_UP_D:],
        hidden.down.T[WARM_UP_D:],
        estate.history.site,
    )


def foretold(parts: Mapping[str, PartModel], watched: Watched) -> Floats:
    """(days, parts, devices), asked in one batch."""
    devices = watched.believed.shape[2]
    stacked = probabilities(parts, np.concatenate([o.matrix for o in watched.outlooks]))
    return stacked.reshape(len(PARTS), -1, devices).transpose(1, 0, 2)
