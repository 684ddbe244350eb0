"""What comes down the mains: pressure, temperature, turbidity and salts, shared by each site."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapline_sim import laws, seasons

Floats = NDArray[np.float64]

BLOCKS_A_DAY = 4
"""Six hours each, from midnight."""

_DRAWDOWN_KPA = (8.0, 35.0, 18.0, 30.0)
"""What the neighbourhood's demand takes off the mains in each block of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """A city's water; the defaults are a city on the lower Yangtze."""

    mean_c: float = 18.0
    swing_c: float = 8.0
    mains_kpa: float = 260.0
    feed_tds: float = 190.0
    turbidity_swing: float = 0.5
    """How much dirtier the water is at its summer worst than on average, as a share."""


class Weather(NamedTuple):
    """One block at each site: kPa, °C, relative turbidity, mg/l, relative voltage, whether the
    site's network is up; each (sites,)."""

    mains_kpa: Floats
    water_c: Floats
    turbidity: Floats
    feed_tds: Floats
    voltage: Floats
    connected: NDArray[np.bool_]

    def at(self, site: NDArray[np.int64]) -> "Weather":
        """The same for devices, each (devices,), by the number of their site."""
        return Weather(
            self.mains_kpa[site],
            self.water_c[site],
            self.turbidity[site],
            self.feed_tds[site],
            self.voltage[site],
            self.connected[site],
        )


class Sites:
    """The slow swings of the year, and what is correlated from block to block."""

    def __init__(self, climate: Climate, count: int, rng: np.random.Generator) -> None:
        self._climate = climate
        self._count = count
        self._rng = rng
        self._static_kpa = climate.mains_kpa + rng.normal(0, 18, count)
        self._feed_tds = climate.feed_tds * rng.lognormal(0, 0.2, count)
        self._pressure = np.zeros(count)
        self._warmth = np.zeros(count)
        self._salts = np.zeros(count)
        self._mud = np.zeros(count)
        self._outage = np.zeros(count)
        self._connected = np.ones(count, dtype=bool)

    def step(self, day: int, block: int) -> Weather:
        """The next six hours. `day` is an ordinal: the year's swing hangs on it."""
        climate, rng, count = self._climate, self._rng, self._count
        season = seasons.season(day)
        self._pressure = 0.8 * self._pressure + rng.normal(0, 6, count)
        self._warmth = 0.97 * self._warmth + rng.normal(0, 0.25, count)
        self._salts = 0.98 * self._salts + rng.normal(0, 0.02, count)
        # A change of source is a step that stays.
        self._salts += np.where(rng.random(count) < 1 / (4 * 250), rng.normal(0, 0.2, count), 0)
        # Storms and works upstream: a few days of mud.
        self._mud = 0.92 * self._mud + np.where(
            rng.random(count) < 1 / (4 * 45), rng.exponential(1.2, count), 0
        )
        self._outage = np.maximum(self._outage - 1, 0)
        strikes = rng.random(count) < 1 / (4 * 200)
        self._outage = np.where(strikes, rng.integers(1, 5, count), self._outage)
        self._connected = laws.connected(self._connected, rng.random(count))
        mains = self._static_kpa - _DRAWDOWN_KPA[block] + self._pressure
        return Weather(
            np.where(self._outage > 0, 35.0, np.maximum(mains, 60.0)),
            np.clip(climate.mean_c + climate.swing_c * season + self._warmth, 2, 35),
            (1 + climate.turbidity_swing * season) * (1 + self._mud),
            self._feed_tds * np.exp(self._salts),
            1 + rng.normal(0, 0.012, count),
            self._connected,
        )
