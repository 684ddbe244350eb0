"""Water: a nozzle's flow, the meter's pulses, and what the sensors of a dispenser read.

Flow follows the valve as a first-order lag, q(t) = Q (1 - exp(-t / rise)), so a pour needs no time
steps: volume and duration have closed forms, and a thousand machines cost one timer a pour.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import NamedTuple

from tapline_sim import laws, seasons
from tapline_sim.conditions import ClimateSpec

PULSES_PER_LITRE = 450
NO_FLOW_S = 2.5  # without a pulse for so long the firmware closes the valve
USUAL_C = 18.0  # in which a nozzle has its steady flow
CLOSING_S = 0.05  # the valve's lag on closing: what still runs is this long at full flow
LIGHT_W_M2 = 120.0  # of a new UV lamp in warm water, at the far side of its tube
LAMP_WARM_C = 20.0
DIMMER_PER_C = 0.01  # in colder water


class Flow(NamedTuple):
    """One pour as the meter saw it: duration in seconds, pulses, and the metered ml."""

    lasts_s: float
    pulses: int
    ml: int


@dataclass(frozen=True, slots=True)
class Nozzle:
    """One valve with its pump: steady flow in ml/s, and the time constant of its rise in s."""

    steady_ml_s: float
    rise_s: float

    def at(self, water_c: float) -> "Nozzle":
        """The same in water so warm: cold water is thicker, and the membrane gives less of it."""
        share = laws.fluidity(water_c) / laws.fluidity(USUAL_C)
        return Nozzle(self.steady_ml_s * share, self.rise_s)

    def flow_ml_s(self, open_s: float) -> float:
        """The flow so long after the valve opened."""
        return self.steady_ml_s * (1 - math.exp(-open_s / self.rise_s))

    def seconds_to(self, volume_ml: float) -> float:
        """How long the valve is open until `volume_ml` has run (Newton on the closed form)."""
        open_s = volume_ml / self.steady_ml_s + self.rise_s
        for _ in range(8):
            lag_s = self.rise_s * (1 - math.exp(-open_s / self.rise_s))
            missing_ml = volume_ml - self.steady_ml_s * (open_s - lag_s)
            open_s += missing_ml / max(self.flow_ml_s(open_s), 1.0)
        return open_s

    def pour(self, asked_ml: int, *, delivered: float = 1.0) -> Flow:
        """Open the valve for `asked_ml`; below 1 the water stays away after that share of it, and
        above 1 the valve closes that much too late.

        A whole pour meters what was asked and the little that runs while the valve closes.
        """
        target = -(-asked_ml * PULSES_PER_LITRE // 1000)
        if delivered >= 1:
            target = int(target * delivered)
            seconds = self.seconds_to(target * 1000 / PULSES_PER_LITRE) + CLOSING_S
            tail_ml = self.steady_ml_s * CLOSING_S
            return _metered(seconds, target + int(tail_ml * PULSES_PER_LITRE / 1000))
        pulses = int(target * delivered)
        ran_s = self.seconds_to(pulses * 1000 / PULSES_PER_LITRE) if pulses else 0.0
        return _metered(ran_s + NO_FLOW_S, pulses)


def _metered(seconds: float, pulses: int) -> Flow:
    return Flow(seconds, pulses, pulses * 1000 // PULSES_PER_LITRE)


def build_nozzle(flow_ml_s: int, rng: Random) -> Nozzle:
    """A nozzle out of the factory: units differ by a few per cent."""
    return Nozzle(flow_ml_s * rng.lognormvariate(0, 0.03), 0.35 * rng.lognormvariate(0, 0.1))


class Sensors:
    """What a dispenser measures: slow daily swings, fast noise, and the pour that is running."""

    def __init__(self, rng: Random, climate: ClimateSpec = ClimateSpec()) -> None:  # noqa: B008
        self._rng = rng
        self._climate = climate
        self.feed_tds = rng.lognormvariate(math.log(190), 0.25)  # mg/l before the membrane
        self._passage = rng.uniform(0.03, 0.07)  # share of salts that pass it
        self._mains_kpa = rng.uniform(220, 300)
        self._prefilter_kpa = rng.uniform(12, 30)  # pressure lost in it at full flow
        self._pipe_c = rng.uniform(-2, 2)  # in a cellar, or under a roof
        self._rssi_dbm = rng.uniform(-80, -55)
        self._light = rng.lognormvariate(0, 0.03)

    def water_c(self, now: datetime) -> float:
        """How warm the water is that flows in."""
        return seasons.water_c(self._climate, now) + self._pipe_c

    def read(self, now: datetime, *, flow_ml_s: float, valve_open: bool) -> dict[str, int]:
        """One sample: name -> whole number; units stand in the names, TDS is in mg/l."""
        load = min(flow_ml_s / 80, 1.5)
        mains_kpa = self._mains_kpa - 35 * _demand(now) - 8 * load
        dry = valve_open and flow_ml_s < 1  # a pump against a closed valve stalls
        readings = {
            "tds_in": self._noisy(self.feed_tds, 0.02),
            "tds_out": self._noisy(self.feed_tds * self._passage, 0.03),
            "p_in_kpa": self._noisy(mains_kpa, 0.01),
            "p_post_kpa": self._noisy(mains_kpa - self._prefilter_kpa * load, 0.01),
            "flow_ml_s": self._noisy(flow_ml_s, 0.01),
            "temp_c_x10": self._noisy(10 * self.water_c(now), 0.005),
            "pump_ma": self._noisy(2600 if dry else 1500 * load, 0.02),
            "valve_ma": self._noisy(640 if dry else 410 if valve_open else 0, 0.02),
            "uv_w_m2": self._noisy(LIGHT_W_M2 * self._light * self._dimmed(now), 0.02),
        }
        return {**readings, "rssi_dbm": round(self._rssi_dbm + self._rng.gauss(0, 2))}

    def _dimmed(self, now: datetime) -> float:
        """What cold water leaves of a lamp's light."""
        return 1 - DIMMER_PER_C * max(LAMP_WARM_C - self.water_c(now), 0)

    def _noisy(self, value: float, share: float) -> int:
        return max(0, round(value * self._rng.gauss(1, share)))


def _demand(now: datetime) -> float:
    """The neighbourhood's draw on the mains, 0 to about 1: a morning and an evening peak."""
    hour = now.hour + now.minute / 60
    return math.exp(-(((hour - 8) / 1.5) ** 2)) + math.exp(-(((hour - 19.5) / 2) ** 2))
