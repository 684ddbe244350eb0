"""The recent past of one site, for a demonstration: some pre-filters near their end, the other
devices sound. Taken from an estate that really aged, not drawn to look like it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapline_sim.ageing import Hidden, Observed, Population, age
from tapline_sim.ageing_water import BLOCKS_A_DAY
from tapline_sim.ageing_wear import PARTS, SENSORS

_STREAM = 4
_POPULATION = Population(spread=0.7)
"""Some clog within a season and some in years, so that there is a story at any time of the year."""
_ESTATES = 8
"""So many are searched."""
_SITES = 40
_DEVICES_A_SITE = 40
_WARM_UP_D = 100
_LAST_DAY = date(2026, 11, 22).toordinal()
"""The story ends in this season whatever the day it is told on: the same seed, the same story."""
_NEAR_END = (0.88, 0.99)
"""Of its own limit: a visit within days is in time."""
_CLOGGED_MIN = 1.2
"""Some filters fail early, and no sensor shows why: a story is about one that shows it."""
_NEW = 0.03
_YOUNGEST_D = 42
_SOUND_MAX = 0.5

_CHINA = timezone(timedelta(hours=8))


class Sample(NamedTuple):
    """What one device's sensors said at a moment, as whole numbers by the names of the wire."""

    at: datetime
    metrics: Mapping[str, int]


def tell(*, until: date, days: int, seed: int, devices: int, clogging: int) -> list[list[Sample]]:
    """For each of so many devices of one site its samples before `until`, oldest first. The first
    `clogging` begin with a new pre-filter at most `days` ago, which is near its limit on the last
    day; the others are sound and go back the whole of `days`.

    Raises `ValueError` where no site of several estates has such a past: ask for fewer devices, or
    for more days.
    """
    for estate in range(_ESTATES):
        told = _told(until, days, _ESTATES * seed + estate, devices, clogging)
        if told is not None:
            return told
    raise ValueError(
        f"no site with {clogging} of {devices} pre-filters near their end: seed {seed}"
    )


def _told(
    until: date, days: int, seed: int, devices: int, clogging: int
) -> list[list[Sample]] | None:
    length = days + _WARM_UP_D
    observed, hidden = age(
        _POPULATION,
        sites=_SITES,
        devices_a_site=_DEVICES_A_SITE,
        days=length,
        first_day=_LAST_DAY - length,
        stream=_STREAM,
        seed=seed,
    )
    for site in range(_SITES):
        here = [int(device) for device in np.flatnonzero(observed.site == site)]
        near = [(one, back) for one in here if (back := _clogging(hidden, one, days)) is not None]
        sound = [(one, days) for one in here if _sound(hidden, one, days)]
        if len(near) >= clogging and len(sound) >= devices - clogging:
            cast = near[:clogging] + sound[: devices - clogging]
            return [_samples(observed, device, until, back) for device, back in cast]
    return None


def _clogging(hidden: Hidden, device: int, days: int) -> int | None:
    """How many days ago the pre-filter was new that is near its end today; None for any other."""
    share = hidden.share["prefilter"][device, -days:]
    new = np.flatnonzero(share < _NEW)
    if not len(new):
        return None
    back = days - int(new[-1]) - 1
    low, high = _NEAR_END
    clogged = hidden.wear["prefilter"][device, -1] >= _CLOGGED_MIN and low <= share[-1] <= high
    fits = back >= _YOUNGEST_D and clogged and _others_sound(hidden, device)
    return back if fits and not hidden.down[device, -back:].any() else None


def _sound(hidden: Hidden, device: int, days: int) -> bool:
    worn = hidden.share["prefilter"][device, -1] > _SOUND_MAX
    worked = not hidden.down[device, -days:].any()
    return bool(worked and not worn and _others_sound(hidden, device))


def _others_sound(hidden: Hidden, device: int) -> bool:
    return all(hidden.share[part][device, -1] < _SOUND_MAX for part in PARTS if part != "prefilter")


def _samples(observed: Observed, device: int, until: date, days: int) -> list[Sample]:
    """For each block of six hours in which water ran and was heard of: one while it ran, and one
    a minute later, when it stands still."""
    first = datetime.combine(until - timedelta(days=days), time(3), _CHINA)
    step = timedelta(hours=24 / BLOCKS_A_DAY)
    series: dict[str, NDArray[np.float64]] = {
        name: observed.sensors[name][device, -days:].reshape(-1) for name in SENSORS
    }
    samples = []
    for number in np.flatnonzero(~np.isnan(series["flow_ml_s"])).tolist():
        at = first + number * step
        running = {name: int(series[name][number]) for name in SENSORS if name != "still_kpa"}
        samples.append(Sample(at, running))
        samples.append(
            Sample(at + timedelta(minutes=1), _still(running, series["still_kpa"][number]))
        )
    return samples


def _still(running: Mapping[str, int], wrong_kpa: float) -> dict[str, int]:
    """No flow, no current; the pressures differ by what the sensors are wrong by."""
    still = {"flow_ml_s": 0, "pump_ma": 0, "p_post_kpa": running["p_in_kpa"] - int(wrong_kpa)}
    return dict(running) | still
