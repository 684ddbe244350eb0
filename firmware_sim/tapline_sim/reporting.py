"""What a dispenser says of itself, asked or not: hello, counters, settings, sensors, alarms."""

from collections.abc import Callable, Mapping
from random import Random

from tapline_gateway.protocol import (
    ConfigReport,
    Hello,
    Message,
    Telemetry,
    TotalsReport,
    format_ts,
)
from tapline_sim import dialects
from tapline_sim.device_clock import DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.scenario import DeviceSpec
from tapline_sim.world import World

TIME_EVERY_S = 600.0
CAPABILITIES = ("auth", "cfg", "list", "load", "prove")

Readings = Callable[[], Mapping[str, int] | None]


class Reporting:
    """Speaks by `say`."""

    def __init__(
        self,
        spec: DeviceSpec,
        world: World,
        *,
        flash: Flash,
        clock: DeviceClock,
        chance: Random,
        say: Callable[[Message], object],
    ) -> None:
        self._spec = spec
        self._world = world
        self._flash = flash
        self._clock = clock
        self._chance = chance
        self._say = say

    def begin(self, measure: Readings) -> None:
        """Report regularly from now on; `measure` reads the sensors, None is a report that is
        lost."""
        after, scenario = self._world.reactor.after, self._world.scenario
        first_s = self._chance.uniform(0, scenario.telemetry_every_s)
        after(first_s, lambda: self._sensors(measure))
        after(self._chance.uniform(0.5, 1) * scenario.totals_every_s, self._totals)
        after(self._chance.uniform(0.5, 1) * TIME_EVERY_S, self._ask_time)

    def hello(self, boot_reason: str, fw: str) -> None:
        """What follows every connect."""
        counters = self._flash.counters
        self._say(
            Hello(
                boot=counters.boot,
                fw=fw,
                hw=self._spec.hw,
                caps=[*CAPABILITIES, *(["ota"] if self._world.scenario.firmware_keys else [])],
                seq_head=counters.seq,
                seq_acked=counters.upto,
                tot=counters.totals,
                list_ver=self._flash.held.ver,
                tariff_ver=self._flash.settings.tariff(self._world.scenario.tariff).version,
                cfg_ver=self._flash.settings.ver,
                boot_reason=boot_reason,
                clk=self._clock.source,
            )
        )
        self._say(self._clock.question())
        self.settings()
        self.totals()
        self.events()

    def settings(self) -> None:
        """The settings in force, and the list of blocked cards held."""
        settings = self._flash.settings
        doc = settings.doc | self._flash.held.state.document()
        self._say(ConfigReport(ver=settings.ver, doc=doc))

    def totals(self) -> None:
        """The lifetime counters."""
        counters = self._flash.counters
        self._say(TotalsReport(boot=counters.boot, n=counters.n, fen=counters.fen, ml=counters.ml))

    def events(self) -> None:
        """The alarms that nobody has acknowledged."""
        for event in self._flash.events():
            self._say(event)

    def _sensors(self, measure: Readings) -> None:
        measured = measure()
        if measured is not None:
            self._say(
                Telemetry(
                    boot=self._flash.counters.boot,
                    up_ms=self._clock.up_ms,
                    ts=format_ts(self._clock.now()),
                    m=dialects.spoken(self._spec.fw, measured),
                )
            )
        every_s = self._flash.settings.every_s("tele_s", self._world.scenario.telemetry_every_s)
        wait_s = every_s * self._chance.uniform(0.9, 1.1)
        self._world.reactor.after(wait_s, lambda: self._sensors(measure))

    def _totals(self) -> None:
        self.totals()
        every_s = self._flash.settings.every_s("tot_s", self._world.scenario.totals_every_s)
        self._world.reactor.after(every_s, self._totals)

    def _ask_time(self) -> None:
        self._say(self._clock.question())
        self._world.reactor.after(TIME_EVERY_S, self._ask_time)
