"""Machines that wear: their hidden states, the water they give, and what their sensors say."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tapline_sim import laws, seasons
from tapline_sim.ageing_water import BLOCKS_A_DAY, Weather
from tapline_sim.customs import MIXED_BLOCKS, MIXED_WEEKEND
from tapline_sim.laws import LAWS

Floats = NDArray[np.float64]

PARTS = ("prefilter", "pump", "membrane")
LIMITS: Mapping[str, float] = {part: LAWS[part].limit for part in PARTS}
"""Where a part fails, before the device's own factor."""

SENSORS = (
    "p_in_kpa",
    "p_post_kpa",
    "flow_ml_s",
    "temp_c_x10",
    "pump_ma",
    "tds_in",
    "tds_out",
    "still_kpa",
)
"""Means while water ran, but the last: what the two pressure sensors differ by while none runs,
which is what they are wrong by."""

_FLOW_ML_S = 80.0
_HEAD_KPA = 450.0
_SLOPE_KPA = 1.0  # head lost per ml/s
_OSMOTIC_KPA = 7.5e-2 * 1.5  # per mg/l of feed, with what concentrates at the membrane
_STARVED_KPA = 60.0  # below this at its inlet the pump draws air
_STILL_NOISE_KPA = 0.7  # a mean over hours
_NEW_SHARE = 0.7  # of parts that are new when a device is first heard of
_NOISE = {
    "p_in_kpa": 0.008,
    "p_post_kpa": 0.008,
    "flow_ml_s": 0.012,
    "temp_c_x10": 0.01,
    "pump_ma": 0.015,
    "tds_in": 0.02,
    "tds_out": 0.04,
}


class Machines:
    """A number of dispensers, all arrays (devices,). Most parts are new at first, as on
    installation; the others are in mid-life, as where machines were there before."""

    def __init__(
        self,
        count: int,
        life_d: Mapping[str, float],
        spread: float,
        litres_a_day: float,
        rng: np.random.Generator,
    ) -> None:
        self.count = count
        self._rng = rng
        self._base_l = litres_a_day * rng.lognormal(0, 0.3, count) / BLOCKS_A_DAY
        self._mood = np.zeros(count)
        daily_l = litres_a_day
        a_day = {"prefilter": daily_l, "pump": BLOCKS_A_DAY, "membrane": daily_l}
        rates = {part: LAWS[part].rate(life_d[part] * a_day[part]) for part in PARTS}
        self._rate = {part: rates[part] * rng.lognormal(0, spread, count) for part in PARTS}
        self.limit = {part: LIMITS[part] * rng.lognormal(0, 0.10, count) for part in PARTS}
        used = {part: rng.random(count) > _NEW_SHARE for part in PARTS}
        self.wear = {
            part: self.limit[part] * np.where(used[part], 0.6, 0.02) * rng.random(count)
            for part in PARTS
        }
        self._resist_kpa = rng.uniform(12, 30, count)
        self._bend = rng.uniform(0.2, 0.5, count)
        self._permeability = 0.24 * rng.lognormal(0, 0.08, count)
        self._passage = rng.uniform(0.03, 0.07, count)
        self._current_ma = 1500 * rng.lognormal(0, 0.05, count)
        self._gain = {name: rng.normal(1, 0.01, count) for name in SENSORS}
        self._stuck_left = {name: np.zeros(count) for name in SENSORS}
        self._last = {name: np.full(count, np.nan) for name in SENSORS}
        self._flow = np.full(count, _FLOW_ML_S)

    def renew(self, device: int, part: str) -> None:
        """Put in a new part; no two of them are quite alike."""
        self.wear[part][device] = 0.02 * self._rng.random()
        self.limit[part][device] = LIMITS[part] * self._rng.lognormal(0, 0.10)
        self._rate[part][device] *= self._rng.lognormal(0, 0.1)

    def step(
        self, site: NDArray[np.int64], weather: Weather, day: int, block: int
    ) -> dict[str, Floats]:
        """Six hours of use and wear; what the sensors said meanwhile, NaN where nothing came."""
        here = weather.at(site)
        litres = self._demand(here, day, block)
        true = self._hydraulics(here)
        self._age(here, litres, starved=true["p_post_kpa"] < _STARVED_KPA)
        silent = (litres <= 0) | ~here.connected | (self._rng.random(self.count) < 0.02)
        read = {name: self._measured(name, value) for name, value in true.items()}
        wrong = self._gain["p_in_kpa"] - self._gain["p_post_kpa"]
        noise = self._rng.normal(0, _STILL_NOISE_KPA, self.count)
        read["still_kpa"] = np.round(here.mains_kpa * wrong + noise)
        return {name: np.where(silent, np.nan, value) for name, value in read.items()}

    def _demand(self, here: Weather, day: int, block: int) -> Floats:
        self._mood = 0.9 * self._mood + self._rng.normal(0, 0.1, self.count)
        weekend = MIXED_WEEKEND if day % 7 in (6, 0) else 1.0
        warm = seasons.thirst(here.water_c)
        mean = (
            self._base_l * BLOCKS_A_DAY * MIXED_BLOCKS[block] * weekend * warm * np.exp(self._mood)
        )
        return self._rng.poisson(mean).astype(float)

    def _hydraulics(self, here: Weather) -> dict[str, Floats]:
        """Pressures and flow where filter, pump and membrane agree (a few steps settle it)."""
        wear, yielded = self.wear, laws.fluidity(here.water_c)
        permeability = self._permeability * yielded / (1 + wear["membrane"])
        head = _HEAD_KPA * laws.head(wear["pump"]) * here.voltage
        resist = self._resist_kpa * laws.pressure_lost(wear["prefilter"])
        flow = self._flow
        for _ in range(4):
            q = flow / _FLOW_ML_S
            post = here.mains_kpa - resist * ((1 - self._bend) * q + self._bend * q * q)
            air = np.clip(post / _STARVED_KPA, 0.2, 1.0)
            driving = post + head * air - _OSMOTIC_KPA * here.feed_tds
            flow = np.maximum(permeability * driving / (1 + permeability * _SLOPE_KPA), 5.0)
        self._flow = flow
        q = flow / _FLOW_ML_S
        return {
            "p_in_kpa": here.mains_kpa,
            "p_post_kpa": np.maximum(post, 0),
            "flow_ml_s": flow,
            "temp_c_x10": 10 * here.water_c,
            "pump_ma": self._current_ma * q * laws.current(wear["pump"]) / here.voltage,
            "tds_in": here.feed_tds,
            "tds_out": here.feed_tds * self._passage * laws.salts_passed(wear["membrane"]) / q,
        }

    def _age(self, here: Weather, litres: Floats, *, starved: NDArray[np.bool_]) -> None:
        strain = {
            "prefilter": here.turbidity * litres,
            "pump": np.where(starved, 3.0, 1.0),
            "membrane": here.feed_tds / 250 * litres,
        }
        for part in PARTS:
            pull = LAWS[part].pull(self.wear[part])
            self.wear[part] += self._rate[part] * strain[part] * pull

    def _measured(self, name: str, true: Floats) -> Floats:
        """With the unit's gain, noise, whole numbers, and now and then a value that sticks."""
        noise = self._rng.normal(1, _NOISE[name], self.count)
        read = np.round(true * self._gain[name] * noise)
        sticks = self._rng.random(self.count) < 1 / (4 * 900)
        left = np.where(sticks, self._rng.integers(4, 20, self.count), self._stuck_left[name] - 1)
        self._stuck_left[name] = np.maximum(left, 0)
        stuck = (self._stuck_left[name] > 0) & ~np.isnan(self._last[name])
        read = np.where(stuck, self._last[name], read)
        self._last[name] = read
        return read
