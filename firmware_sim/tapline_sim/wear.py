"""What worn parts do to the readings of a live dispenser: by the equations under which whole
estates age (`ageing`), and by those of parts that only a live one shows.

- pre-filter clogged by x    its loss of pressure grows by 1 + 2x
- pump worn by w             head falls, flow by exp(-w), current rises by 1 + 0.8w
- membrane fouled by F       flow falls by 1 + F, salts pass the more
- membrane leaking by B      salts pass so many times more
- leak                       so many ml/s run while nobody draws
- meter                      reads so much of the true flow: looks like fouling
- TDS sensor                 reads so much of the true value, or nothing but its last one
- network                    the share of reports that never arrive
"""

import math
from collections.abc import Mapping
from random import Random

from tapline_sim.scenario import Wear

SOUND = Wear()


class Worn:
    """The sensors of one dispenser, seen through its worn parts."""

    def __init__(self, wear: Wear, chance: Random) -> None:
        self._wear = wear
        self._chance = chance
        self._stuck_tds: int | None = None

    def arrives(self) -> bool:
        """Whether the next report reaches anybody."""
        return self._chance.random() >= self._wear.silent

    def read(self, true: Mapping[str, int]) -> dict[str, int]:
        """What is read where a sound dispenser would read `true`."""
        wear, read = self._wear, dict(true)
        lost_kpa = (true["p_in_kpa"] - true["p_post_kpa"]) * (1 + 2 * wear.prefilter)
        flow = true["flow_ml_s"] * math.exp(-wear.pump) / (1 + wear.membrane)
        read["p_post_kpa"] = max(0, round(true["p_in_kpa"] - lost_kpa))
        read["flow_ml_s"] = round((flow + (0 if flow else wear.leak_ml_s)) * wear.meter)
        read["pump_ma"] = round(true["pump_ma"] * (1 + 0.8 * wear.pump))
        passed = (1 + 0.4 * wear.membrane) * wear.salt_leak
        read["tds_out"] = round(true["tds_out"] * passed * wear.tds_gain)
        if wear.tds_stuck:
            self._stuck_tds = read["tds_out"] if self._stuck_tds is None else self._stuck_tds
            read["tds_out"] = self._stuck_tds
        return read
