"""Years of wear in seconds: what the sensors of ageing dispensers read, in blocks of six hours.

A live fleet shows minutes; filters clog over months. Here whole estates age at once, one array
operation a block, by the same quantities that a live dispenser reports. What is seen from outside
(`Observed`) and what is true inside (`Hidden`) are apart: whoever learns gets the first alone.

Filter, pump and membrane age by `laws`, all starting near 0 and failing at a limit of the device's
own; a pre-filter's drop is R0·(1 + 2x)·((1-b)·q + b·q²). What is sudden is exponential, without any
precursor: what nobody can foresee.

Here q is the flow over 80 ml/s, and a limit the law's times LogN(0, 0.10). A failed device works
on, badly, until its customer calls and a technician comes; now and then he finds nothing, or writes
down another part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapline_sim.ageing_water import BLOCKS_A_DAY, Climate, Sites
from tapline_sim.ageing_wear import LIMITS, PARTS, SENSORS, Machines
from tapline_sim.laws import LAWS, LITRES_A_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUDDEN = "sudden"

_CALL_D = 2.0
_REPAIR_D = 1.0
_NOTHING_FOUND = 0.12
_WRONG_PART = 0.07
_SUDDEN_A_YEAR = 0.15


class Failure(NamedTuple):
    """What happened to a device on a day, counted from the first one; `part` may be `SUDDEN`."""

    device: int
    day: int
    part: str


class Repair(NamedTuple):
    """A repair as it was written down: when the customer called, when a technician was there, and
    what he said it was."""

    device: int
    called: int
    done: int
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What sets one estate apart from another; times are medians until the limit, in days."""

    climate: Climate = field(default_factory=Climate)
    prefilter_d: float = LAWS["prefilter"].life_d
    pump_d: float = LAWS["pump"].life_d
    membrane_d: float = LAWS["membrane"].life_d
    spread: float = 0.4
    """Of the rates of wear, as the sigma of a lognormal."""
    litres_a_day: float = LITRES_A_DAY


@dataclass(frozen=True, slots=True)
class Observed:
    """What the platform could know.

    `sensors`: name -> (devices, days, blocks of 6 h), means while water ran; NaN where none did or
    nothing arrived. `site`: (devices,). `repairs`: as the service centre wrote them down.
    """

    first_day: int
    """Proleptic ordinal of the first day."""
    site: Ints
    sensors: Mapping[str, Floats]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is true: wear by part (devices, days), as a share of the part's own limit too, and when
    each part really failed."""

    wear: Mapping[str, Floats]
    share: Mapping[str, Floats]
    failures: tuple[Failure, ...]
    down: NDArray[np.bool_]
    """(devices, days): failed and not yet repaired."""


def age(
    population: Population,
    *,
    sites: int,
    devices_a_site: int,
    days: int,
    first_day: int,
    stream: int,
    seed: int,
) -> tuple[Observed, Hidden]:
    """Let an estate age for `days`. Streams never share randomness, whatever the seeds."""
    rng = np.random.default_rng([stream, seed])
    site = np.repeat(np.arange(sites), devices_a_site)
    water = Sites(population.climate, sites, rng)
    machines = Machines(
        len(site),
        {
            "prefilter": population.prefilter_d,
            "pump": population.pump_d,
            "membrane": population.membrane_d,
        },
        population.spread,
        population.litres_a_day,
        rng,
    )
    centre = _ServiceCentre(machines, rng)
    blocks: list[dict[str, Floats]] = []
    wear: dict[str, list[Floats]] = {part: [] for part in PARTS}
    share: dict[str, list[Floats]] = {part: [] for part in PARTS}
    down = []
    for day in range(days):
        for block in range(BLOCKS_A_DAY):
            weather = water.step(first_day + day, block)
            blocks.append(machines.step(site, weather, first_day + day, block))
        for part in PARTS:
            wear[part].append(machines.wear[part].copy())
            share[part].append(machines.wear[part] / machines.limit[part])
        centre.close_day(day)
        down.append(centre.failed_at >= 0)
    sensors = {
        name: np.stack([block[name] for block in blocks], axis=1).reshape(
            len(site), days, BLOCKS_A_DAY
        )
        for name in SENSORS
    }
    return (
        Observed(first_day, site, sensors, tuple(centre.repairs)),
        Hidden(
            {part: np.stack(rows, axis=1) for part, rows in wear.items()},
            {part: np.stack(rows, axis=1) for part, rows in share.items()},
            tuple(centre.failures),
            np.stack(down, axis=1),
        ),
    )


class _ServiceCentre:
    """Failures, calls, visits, and what is written down of them."""

    def __init__(self, machines: Machines, rng: np.random.Generator) -> None:
        self._machines = machines
        self._rng = rng
        self.failures: list[Failure] = []
        self.repairs: list[Repair] = []
        self.failed_at = np.full(machines.count, -1)
        self._part = [""] * machines.count
        self._called_at = [0] * machines.count
        self._visit_at = np.zeros(machines.count)

    def close_day(self, day: int) -> None:
        """What broke today, and who was visited."""
        working = self.failed_at < 0
        for part in PARTS:
            over = self._machines.wear[part] > self._machines.limit[part]
            for device in np.flatnonzero(over & (self.failed_at < 0)):
                self._fail(int(device), day, part)
        struck = working & (self._rng.random(self._machines.count) < _SUDDEN_A_YEAR / 365)
        for device in np.flatnonzero(struck & (self.failed_at < 0)):
            self._fail(int(device), day, SUDDEN)
        for device in np.flatnonzero((self.failed_at >= 0) & (self._visit_at <= day)):
            self._visit(int(device), day)

    def _fail(self, device: int, day: int, part: str) -> None:
        self.failures.append(Failure(device, day, part))
        self.failed_at[device], self._part[device] = day, part
        called = day + 0.5 + self._rng.exponential(_CALL_D)
        self._called_at[device] = int(called)
        self._visit_at[device] = called + self._rng.exponential(_REPAIR_D)

    def _visit(self, device: int, day: int) -> None:
        if self._rng.random() < _NOTHING_FOUND:
            self._visit_at[device] = day + 0.5 + self._rng.exponential(2 * _CALL_D)
            return
        part = self._part[device]
        if part in LIMITS:
            self._machines.renew(device, part)
        written = part
        if self._rng.random() < _WRONG_PART:
            written = str(self._rng.choice([other for other in (*PARTS, SUDDEN) if other != part]))
        self.repairs.append(Repair(device, self._called_at[device], day, written))
        self.failed_at[device] = -1
