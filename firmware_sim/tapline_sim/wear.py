"""What worn parts do to the readings of a live dispenser: by the laws under which whole estates age
too (`laws`), and by those of parts that only a live one shows.

- pre-filter, pump   loss of pressure; flow and current
- membrane           flow falls, salts pass the more
- membrane leaking   salts pass so many times more
- leak               so many ml/s run while nobody draws
- meter              reads so much of the true flow: looks like fouling
- TDS sensor         reads so much of the true value, or nothing but its last one
- UV lamp            gives less light
- network            the share of reports that never arrive

What heater and card reader show of their wear, they say themselves (`boiler`, `card_reader`).
"""

from collections.abc import Mapping
from random import Random

from tapline_sim import laws
from tapline_sim.conditions import Wear

SOUND = Wear()
_LAMP_H_A_LIFE = 8766 / 1.15


class Worn:
    """The sensors of one dispenser, seen through its worn parts."""

    __slots__ = ("_chance", "_stuck_tds")

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._stuck_tds: int | None = None

    def arrives(self, wear: Wear) -> bool:
        """Whether the next report reaches anybody."""
        return self._chance.random() >= wear.silent

    def read(self, true: Mapping[str, int], wear: Wear) -> dict[str, int]:
        """What is read where a sound dispenser would read `true`."""
        read = dict(true)
        lost_kpa = (true["p_in_kpa"] - true["p_post_kpa"]) * laws.pressure_lost(wear.prefilter)
        flow = true["flow_ml_s"] * laws.head(wear.pump) / (1 + wear.membrane)
        read["p_post_kpa"] = max(0, round(true["p_in_kpa"] - lost_kpa))
        read["flow_ml_s"] = round((flow + (0 if flow else wear.leak_ml_s)) * wear.meter)
        read["pump_ma"] = round(true["pump_ma"] * laws.current(wear.pump))
        passed = laws.salts_passed(wear.membrane) * wear.salt_leak
        read["tds_out"] = round(true["tds_out"] * passed * wear.tds_gain)
        if wear.tds_stuck:
            self._stuck_tds = read["tds_out"] if self._stuck_tds is None else self._stuck_tds
            read["tds_out"] = self._stuck_tds
        read["uv_w_m2"] = round(true["uv_w_m2"] * laws.light(wear.lamp))
        return read


def lamp_h(wear: Wear) -> int:
    """The hours that a lamp has burned until it was so worn."""
    return round(wear.lamp * _LAMP_H_A_LIFE)
