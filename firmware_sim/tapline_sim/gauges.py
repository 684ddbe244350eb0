"""Everything that one dispenser measures, and what it finds when it tests itself."""

import time
from collections.abc import Callable, Mapping
from random import Random

from tapline_sim.boiler import Boiler
from tapline_sim.conditions import Wear
from tapline_sim.device_clock import DeviceClock
from tapline_sim.dispenser import Dispenser
from tapline_sim.flash import Flash
from tapline_sim.parts import Parts
from tapline_sim.physics import Sensors
from tapline_sim.safety import Safety
from tapline_sim.scenario import DeviceSpec
from tapline_sim.wear import Worn, lamp_h
from tapline_sim.world import World

_OF_SELFTEST = {
    "pump": ("pump",),
    "reader": ("reader",),
    "uv": ("lamp",),
    "heater": ("scale", "element"),
}


class Gauges:
    """Sensors, boiler, lamp and reader of one dispenser, seen through its worn parts."""

    __slots__ = (
        "_boiler",
        "_clock",
        "_flash",
        "_machine",
        "_parts",
        "_safety",
        "_sensors",
        "_worn",
    )

    def __init__(
        self,
        spec: DeviceSpec,
        world: World,
        sensors: Sensors,
        parts: Parts,
        *,
        flash: Flash,
        clock: DeviceClock,
        chance: Random,
        machine: Dispenser,
        report: Callable[[], object],
    ) -> None:
        self._sensors = sensors
        self._boiler = Boiler(world.plan.build(spec.device_id, "boiler"))
        self._worn = Worn(chance)
        self._parts = parts
        self._flash = flash
        self._clock = clock
        self._machine = machine
        self._safety = Safety(spec, world, flash, clock, report)

    def begin(self) -> None:
        """Let happen to the lamp what the plan says."""
        self._safety.begin()

    def measured(self) -> Mapping[str, int] | None:
        """Name -> whole number, now; None is a report that reaches nobody."""
        wear, now = self._parts.worn(self._flash.counters), self._clock.now()
        flow_ml_s, valve_open = self._machine.flow_ml_s(), self._machine.valve_open
        true = self._sensors.read(now, flow_ml_s=flow_ml_s, valve_open=valve_open)
        read = self._safety.read(self._worn.read(true, wear) | self._told(wear))
        return read if self._worn.arrives(wear) else None

    def restart(self) -> None:
        """What counts from the start begins anew."""
        self._boiler.restart()
        self._machine.reader.restart()

    def verdicts(self) -> dict[str, str]:
        """Each part that is tested: `ok` or `fail`."""
        failed = self._parts.failed(self._flash.counters)
        return {
            name: "fail" if any(part in failed for part in parts) else "ok"
            for name, parts in _OF_SELFTEST.items()
        }

    def _told(self, wear: Wear) -> dict[str, int]:
        """What heater, lamp and reader say of themselves."""
        reader, inlet_c = self._machine.reader, self._sensors.water_c(self._clock.now())
        hot = self._boiler.read(time.monotonic(), self._flash.counters.ml, inlet_c, wear)
        counted = {"taps_n": reader.taps, "misreads_n": reader.misreads}
        return hot | {"lamp_h": lamp_h(wear)} | counted
