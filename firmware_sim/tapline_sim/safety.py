"""A dispenser that stops selling by itself where its water is not safe, line or no line.

It never goes on by itself, nor on a plain word: only on one that names its own last reason, which
the platform says after a person has released it.
"""

from collections.abc import Callable, Mapping

from tapline_gateway.protocol import format_ts
from tapline_sim.device_clock import DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.scenario import DeviceSpec
from tapline_sim.world import World

Report = Callable[[], object]

TDS_OUT_MAX = 500
"""mg/l behind the membrane; CJ 94-2005."""
UV_W_M2_MIN = 45
"""Light that a lamp gives near its end; a new one gives more than twice as much."""
READINGS = 3
"""So many in a row: one may be a bubble."""


class Safety:
    """Minds the water of one device; `report` sends what it has noted."""

    def __init__(
        self, spec: DeviceSpec, world: World, flash: Flash, clock: DeviceClock, report: Report
    ) -> None:
        self._device_id = spec.device_id
        self._world = world
        self._flash = flash
        self._clock = clock
        self._report = report
        self._beyond = self._dim = 0
        self._is_dark = False

    def begin(self) -> None:
        """Let the lamp fail when the plan says so."""
        at_s = self._world.scenario.plan.lamps.get(self._device_id)
        if at_s is not None:
            self._world.reactor.after(at_s, self._darken)

    def read(self, measured: Mapping[str, int]) -> Mapping[str, int]:
        """Mind what was measured, and hand it on as the lamp lets it be."""
        counters = self._flash.counters
        self._is_dark = self._is_dark and bool(counters.unsafe)  # who releases it has mended it
        if self._is_dark:
            measured = {**measured, "uv_w_m2": 0}
        tds_out = measured.get("tds_out", 0)
        self._beyond = self._beyond + 1 if tds_out > TDS_OUT_MAX else 0
        self._dim = self._dim + 1 if measured["uv_w_m2"] < UV_W_M2_MIN else 0
        if self._beyond >= READINGS and not counters.unsafe:
            self._stop("tds_out_high", tds_out=tds_out)
        elif self._dim >= READINGS and not counters.unsafe:
            self._stop("uv_failed", uv_w_m2=measured["uv_w_m2"])
        return measured

    def _darken(self) -> None:
        self._is_dark = True
        self._stop("uv_failed")

    def _stop(self, code: str, **data: int) -> None:
        with self._world.store.transaction():
            self._flash.raise_event(code, ts=format_ts(self._clock.now()), stopped=1, **data)
            self._flash.count(stopped=1, unsafe=self._flash.counters.evt_seq)
        self._report()
