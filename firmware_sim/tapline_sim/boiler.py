"""Hot water: an element in a boiler, and what scale and age make of it.

The heat that is missing in the boiler is one number, so it needs no time steps: water that is drawn
adds to it, and the element takes from it for as long as it is on. Scale keeps heat from the water:
a batch takes longer and costs more. An element with age takes longer at the same cost.
"""

from random import Random

from tapline_sim import laws
from tapline_sim.conditions import Wear

POWER_W = 3000.0
HOT_C = 95.0
LITRES = 10.0
RECOVERED = 0.8
"""Of the heat, by what flows in from what flows out: people drink it warm."""

_KJ_PER_LITRE_C = 4.186


class Boiler:
    """One boiler, full and hot at the start. `power` is its own, as a share of the usual."""

    __slots__ = ("_at_s", "_missing_kj", "_ml", "_on_s", "_power_w", "_spent_wh")

    def __init__(self, rng: Random) -> None:
        self._power_w = POWER_W * rng.lognormvariate(0, 0.03)
        self._missing_kj = 0.0
        self._at_s: float | None = None
        self._ml = 0
        self.restart()

    def restart(self) -> None:
        """What it counts begins anew; the water stays as it is."""
        self._on_s = self._spent_wh = 0.0

    def read(self, now_s: float, ml: int, inlet_c: float, wear: Wear) -> dict[str, int]:
        """What it shows at a moment, after so much water in the device's life: its temperature,
        and since the start the seconds that the element was on and what it has used."""
        if self._at_s is not None:
            self._draw((ml - self._ml) / 1000, inlet_c)
            self._heat(now_s - self._at_s, wear)
        self._at_s, self._ml = now_s, ml
        hot_c = HOT_C - self._missing_kj / (LITRES * _KJ_PER_LITRE_C)
        return {
            "boiler_c_x10": round(10 * hot_c),
            "heat_s": round(self._on_s),
            "heat_wh": round(self._spent_wh),
        }

    def _draw(self, litres: float, inlet_c: float) -> None:
        each_kj = _KJ_PER_LITRE_C * (HOT_C - inlet_c)
        missing_kj = self._missing_kj + max(litres, 0) * (1 - RECOVERED) * each_kj
        self._missing_kj = min(missing_kj, LITRES * each_kj)  # no colder than what flows in

    def _heat(self, passed_s: float, wear: Wear) -> None:
        used_kw = self._power_w * (1 - wear.element) / 1000
        useful_kw = used_kw / laws.heating_time(wear.scale)
        on_s = min(passed_s, self._missing_kj / useful_kw)
        self._missing_kj -= on_s * useful_kw
        self._on_s += on_s
        self._spent_wh += on_s * used_kw / 3.6
