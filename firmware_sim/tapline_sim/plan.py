"""What shall go wrong, decided by the seed: the same seed gives every device the same plan."""

from collections.abc import Mapping
from enum import StrEnum
from random import Random

from tapline_sim.conditions import Wear
from tapline_sim.device_clock import RIGHT
from tapline_sim.scenario import ClockFault, Outage, PlanSpec, RebootLoop
from tapline_sim.wear import SOUND


class Deed(StrEnum):
    """A discrepancy that the simulator can bring about, by its code in the taxonomy."""

    DRY = "D01"  # charged, no water
    PARTIAL = "D02"  # less water than paid for
    REPEAT = "D04"  # a fact published twice
    CONFLICT = "D05"  # a seq published again with other content
    DOUBLE = "D06"  # two debits of one card, the first without water
    WITHHELD = "D07"  # a fact that is not uploaded until it is asked for
    TORN = "D12"  # a debit whose end nobody saw
    OVERPOUR = "D03"  # more water than paid for
    FORGOTTEN = "D08"  # a fact that the machine lost for good
    CLONED = "D09"  # a card in an earlier state: a copy of it, or itself rolled back
    TAMPERED = "D10"  # more on the card than was ever written to it
    DRAINED = "D11"  # less on the card than was ever taken from it here
    LATE = "D13"  # a fact of days ago
    UNPAID_LOAD = "D16"  # money written to a card that nobody paid
    DRIFT = "D18"  # a meter that counts too little water
    UNTOLD = "D19"  # a sale that the machine counted and never wrote down
    CLOCK = "D20"  # a clock that is hours off
    DEAF = "D22"  # a machine that sells to a stolen card
    FORGED = "D23"  # a code that the card did not give
    TARIFF = "D24"  # another price than the tariff's
    STRANGER = "D25"  # a card of nobody's
    METER = "D28"  # lifetime counters that read nothing


COMES_WITH: Mapping[Deed, tuple[str, ...]] = {
    Deed.FORGOTTEN: ("D07", "D11", "D19"),
    Deed.FORGED: ("D08", "D11"),
    Deed.TAMPERED: ("D08",),
    Deed.DRAINED: ("D08",),
}
"""What else a deed is, once its card or machine is seen again: a hole in a machine's numbers that
nothing fills, counters ahead of facts, less on the card than anybody may charge, a change that
nobody wrote down."""


# These show only in what comes after them: the world has to go on for a while.
NEEDS_SEQUEL = frozenset({Deed.CONFLICT, Deed.WITHHELD, Deed.TORN, Deed.FORGOTTEN, Deed.FORGED})
# These break a card's own story: before and after them it must be an ordinary one.
NEEDS_CHAIN = frozenset({Deed.CLONED, Deed.TAMPERED, Deed.DRAINED, Deed.UNPAID_LOAD})
# These are about the chain of a card with a purse.
NEEDS_PURSE = NEEDS_CHAIN | {Deed.CONFLICT, Deed.TORN, Deed.DOUBLE, Deed.FORGOTTEN, Deed.FORGED}
NEEDS_NEIGHBOURS = frozenset({Deed.CONFLICT, Deed.FORGED, Deed.FORGOTTEN, Deed.UNTOLD, Deed.CLOCK})
"""Side by side on one machine they would be one, or hide one another."""
OF_ANY_MAKER = frozenset({Deed.DRY, Deed.PARTIAL, Deed.OVERPOUR})
"""What a machine of any maker can say."""
_NOT_OF_POURS = {Deed.DRIFT, Deed.DEAF, Deed.STRANGER}


def dice(*parts: object) -> Random:
    """Reproducible chance, independent for each combination of parts."""
    return Random("/".join(map(str, parts)))  # noqa: S311 (a seeded plan, no secret)


class Plan:
    """The wishes of a seed. Whether one can be fulfilled is decided when its moment comes."""

    def __init__(self, seed: int, spec: PlanSpec, *, foreign: frozenset[str] = frozenset()) -> None:
        """`foreign` are machines of other makers."""
        self._seed = seed
        self._spec = spec
        self._foreign = foreign
        self._spared = spec.spared | spec.late_pours.keys() | spec.thefts.keys()
        self._rates: dict[Deed, float] = {
            deed: float(getattr(spec.rates, deed.lower()))
            for deed in Deed
            if deed not in _NOT_OF_POURS
        }

    def wish(self, device_id: str, seq: int) -> Deed | None:
        """What shall go wrong with this fact of this device; mostly nothing."""
        chance = dice(self._seed, "wish", device_id, seq).random()
        for deed, rate in self._rates.items():
            if chance < rate:
                return deed
            chance -= rate
        return None

    def agenda(self) -> list[Deed]:
        """What shall be brought about as soon as it can be, the hardest first."""
        deeds = [deed for deed in self._rates for _ in range(self._spec.times)]
        ranks = (frozenset({Deed.LATE}), NEEDS_SEQUEL, NEEDS_CHAIN)
        return sorted(deeds, key=lambda deed: [deed not in rank for rank in ranks])

    def is_busy(self, device_id: str, seq: int) -> bool:
        """Whether this pour is one of the half on which the agenda goes on."""
        return dice(self._seed, "agenda", device_id, seq).random() < 0.5

    def drifts(self, device_id: str) -> bool:
        """Whether this dispenser's meter counts too little."""
        return device_id in self._spec.drifting

    def stolen_for(self, device_id: str) -> list[str]:
        """The cards that thieves use at this dispenser once they are blocked."""
        return [card for card, place in self._spec.thefts.items() if place == device_id]

    def can(self, device_id: str, deed: Deed) -> bool:
        """Whether a machine's language has words for a deed."""
        return device_id not in self._foreign or deed in OF_ANY_MAKER

    def is_stranger(self, card: str) -> bool:
        """Whether the platform does not know this card."""
        return card in self._spec.strangers

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
        return self._spec.outages.get(device_id)

    def late_cards(self, device_id: str) -> list[str]:
        """The cards that pour on this device in the middle of its outage."""
        return [card for card, place in self._spec.late_pours.items() if place == device_id]

    def valve_is_stuck(self, device_id: str, run_s: float) -> bool:
        """Whether the plan has this device's valve stuck, so many seconds into the run."""
        return run_s >= self._spec.stuck_valves.get(device_id, float("inf"))

    def cuts_power(self, device_id: str, seq: int) -> bool:
        """Whether the power goes while this fact is being written down."""
        rate = self._spec.power_cuts
        return rate > 0 and dice(self._seed, "power", device_id, seq).random() < rate

    def clock(self, device_id: str) -> ClockFault:
        """What is wrong with this device's clock."""
        return self._spec.clocks.get(device_id, RIGHT)

    def reboots(self, device_id: str) -> RebootLoop | None:
        """When this device starts anew again and again, if ever."""
        return self._spec.reboots.get(device_id)

    def rolled_back_at_s(self, device_id: str) -> float | None:
        """When an old image is put over this device's memory, if ever."""
        return self._spec.rollbacks.get(device_id)

    def cloned_at_s(self, device_id: str) -> float | None:
        """When a copy of this device starts elsewhere, if ever."""
        return self._spec.clones.get(device_id)

    def wear(self, device_id: str) -> Wear:
        """How worn this device's parts are at the start."""
        return self._spec.worn.get(device_id, SOUND)

    @property
    def ageing(self) -> float:
        """How many times as fast as in life parts age."""
        return self._spec.ageing
