"""What shall go wrong, decided by the seed: the same seed gives every device the same plan."""

from enum import StrEnum
from random import Random

from tapline_sim.scenario import Outage, PlanSpec


class Deed(StrEnum):
    """A discrepancy that the simulator can bring about, by its code in the taxonomy."""

    DRY = "D01"  # charged, no water
    PARTIAL = "D02"  # less water than paid for
    REPEAT = "D04"  # a fact published twice
    CONFLICT = "D05"  # a seq published again with other content
    DOUBLE = "D06"  # two debits of one card, the first without water
    WITHHELD = "D07"  # a fact that is not uploaded until it is asked for
    TORN = "D12"  # a debit whose end nobody saw


# These show only in what comes after them: the world has to go on for a while.
NEEDS_SEQUEL = frozenset({Deed.CONFLICT, Deed.WITHHELD, Deed.TORN})


def dice(*parts: object) -> Random:
    """Reproducible chance, independent for each combination of parts."""
    return Random("/".join(map(str, parts)))  # noqa: S311 (a seeded plan, no secret)


class Plan:
    """The wishes of a seed. Whether one can be fulfilled is decided when its moment comes."""

    def __init__(self, seed: int, spec: PlanSpec) -> None:
        self._seed = seed
        self._stuck_valves = spec.stuck_valves
        self._outages = spec.outages
        self._late_pours = spec.late_pours
        self._spared = spec.spared | spec.late_pours.keys()
        rates = spec.rates
        self._rates = (
            (Deed.DRY, rates.d01),
            (Deed.PARTIAL, rates.d02),
            (Deed.REPEAT, rates.d04),
            (Deed.CONFLICT, rates.d05),
            (Deed.DOUBLE, rates.d06),
            (Deed.WITHHELD, rates.d07),
            (Deed.TORN, rates.d12),
        )

    def wish(self, device_id: str, seq: int) -> Deed | None:
        """What shall go wrong with this fact of this device; mostly nothing."""
        chance = dice(self._seed, "wish", device_id, seq).random()
        for deed, rate in self._rates:
            if chance < rate:
                return deed
            chance -= rate
        return None

    def details(self, device_id: str, seq: int) -> Random:
        """The dice for how a wish is carried out."""
        return dice(self._seed, "details", device_id, seq)

    def build(self, device_id: str, part: str) -> Random:
        """The dice for how a part of a device was built, or how its customers behave."""
        return dice(self._seed, part, device_id)

    def spares(self, card: str) -> bool:
        """Whether nothing shall go wrong with the pours of this card."""
        return card in self._spared

    def outage(self, device_id: str) -> Outage | None:
        """When this device has no connection, if ever."""
        return self._outages.get(device_id)

    def late_cards(self, device_id: str) -> list[str]:
        """The cards that pour on this device in the middle of its outage."""
        return [card for card, place in self._late_pours.items() if place == device_id]

    def valve_is_stuck(self, device_id: str, run_s: float) -> bool:
        """Whether the plan has this device's valve stuck, so many seconds into the run."""
        return run_s >= self._stuck_valves.get(device_id, float("inf"))
