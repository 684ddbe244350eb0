"""The parts of one live dispenser: worn as the plan says at the start, and by use since then.

Wear follows from the lifetime counters alone. So it needs no memory of its own, and a fleet that is
killed goes on where it was.
"""

import msgspec

from tapline_sim.conditions import Wear
from tapline_sim.counters import Counters
from tapline_sim.laws import LAWS, LITRES_A_DAY
from tapline_sim.scenario import DeviceSpec
from tapline_sim.world import World

TAPS_A_DAY = 160
"""Of half a litre each."""
FEED_TDS = 190.0
"""mg/l that a city's mains carry, and in which scale grows as fast as `LAWS` says."""

_RATE_SPREAD, _LIMIT_SPREAD = 0.4, 0.1
_WORST = Wear(prefilter=3, pump=1, membrane=2, scale=3, element=0.9, lamp=3, reader=1.5)
_STRAIN_MAX = 10.0  # far beyond any limit, and no sum overflows


class Parts:
    """What has become of them. Rates and limits are the device's own, and nobody knows them."""

    __slots__ = ("_born", "_device_id", "_feed_tds", "_limits", "_new", "_rates", "_truth")

    def __init__(self, spec: DeviceSpec, world: World, *, feed_tds: float = FEED_TDS) -> None:
        chance = world.plan.build(spec.device_id, "parts")
        self._new = world.plan.wear(spec.device_id)
        self._device_id = spec.device_id
        self._truth = world.truth
        self._born = spec.memory
        self._feed_tds = feed_tds
        self._rates = [
            world.plan.ageing
            * law.rate(law.life_d * (TAPS_A_DAY if part == "reader" else LITRES_A_DAY))
            * chance.lognormvariate(0, _RATE_SPREAD)
            for part, law in LAWS.items()
        ]
        self._limits = [
            law.limit * chance.lognormvariate(0, _LIMIT_SPREAD) for law in LAWS.values()
        ]

    def worn(self, counters: Counters) -> Wear:
        """How worn they are when so much has been counted."""
        litres = max(counters.ml - self._born.ml, 0) / 1000
        uses = {
            "membrane": litres * self._feed_tds / 250,
            "scale": litres * self._feed_tds / FEED_TDS,
            "reader": float(max(counters.n - self._born.n, 0)),
        }
        now: dict[str, float] = {}
        for (part, law), rate in zip(LAWS.items(), self._rates, strict=True):
            strain = min(rate * uses.get(part, litres), _STRAIN_MAX)
            if part == "element":
                strain *= 1 + (self._new.scale + now["scale"]) / 2  # it grew evenly
            worn = law.after(getattr(self._new, part), strain)
            now[part] = min(worn, getattr(_WORST, part))
        return msgspec.structs.replace(self._new, **now)

    def failed(self, counters: Counters) -> list[str]:
        """Those beyond their limits by then."""
        worn = self.worn(counters)
        return [
            part
            for part, limit in zip(LAWS, self._limits, strict=True)
            if getattr(worn, part) > limit
        ]

    def tell_start(self, counters: Counters) -> None:
        """The truth about those that are not new when the story begins."""
        failed = self.failed(counters)
        for part in LAWS:
            if worn := getattr(self._new, part):
                self._truth.part(self._device_id, part, worn=worn, failed=part in failed)

    def tell_failures(self, before: Counters, after: Counters) -> None:
        """The truth about those that failed by what was counted between."""
        worn, known = self.worn(after), self.failed(before)
        for part in self.failed(after):
            if part not in known:
                self._truth.part(self._device_id, part, worn=getattr(worn, part), failed=True)
