"""A machine of another maker: sells like any dispenser, keeps a record until it is stored, and says
it in its maker's language, one at a time, the oldest first."""

from tapline_gateway.protocol import CommandStatus, Message
from tapline_sim.device_clock import DeviceClock
from tapline_sim.dispenser import Dispenser
from tapline_sim.flash import Flash
from tapline_sim.logbook import Uplink
from tapline_sim.makers import lanjing, tieshan, yunshui
from tapline_sim.makers.carrier import Bells, Carrier
from tapline_sim.makers.orders import Orders
from tapline_sim.parts import Parts
from tapline_sim.scenario import DeviceSpec
from tapline_sim.world import World

AGAIN_S = 4.0
TOTALS_EVERY_S = 60.0
RESTART_S = 0.5  # the last word is said before the power goes


class ForeignMachine:
    """One machine, as a member of a fleet."""

    refused_frames = 0

    def __init__(self, spec: DeviceSpec, world: World) -> None:
        self._spec = spec
        self._world = world
        self._flash = Flash(world.store, spec.device_id, spec.memory)
        parts = Parts(spec, world)
        with world.store.transaction():
            self._flash.count(boot=self._flash.counters.boot + 1)
            if self._flash.counters.boot == 1:
                parts.tell_start(self._flash.counters)
        uplink = Uplink(
            online=lambda: False,  # it asks nobody before it sells
            publish=_says_nothing,
            fact_written=lambda _seq, _parked: self._look(),
            customer_left=lambda: None,
            proven=lambda _status: None,
            power_lost=self._power_lost,
        )
        clock = DeviceClock(world.plan.clock(spec.device_id))
        self._dispenser = Dispenser(
            spec, world, flash=self._flash, clock=clock, parts=parts, uplink=uplink
        )
        orders = Orders(world, flash=self._flash, restart=self._restart_soon, report=self._report)
        bells = Bells(ready=self._ready, stored=self._stored, ordered=orders.execute)
        self._carrier = build(spec, world, bells)
        self._sent: int | None = None

    def start(self) -> None:
        """Connect, and open for customers."""
        self._carrier.open()
        self._dispenser.open()
        self._try_again()
        self._tell_totals()

    def close(self) -> None:
        """Serve only those whom the plan still needs, and at once."""
        self._dispenser.hurry()

    @property
    def busy(self) -> bool:
        """Whether a customer is being served."""
        return self._dispenser.busy

    @property
    def online(self) -> bool:
        """Whether it can speak to the platform."""
        return self._carrier.online

    @property
    def facts_written(self) -> int:
        """The records of the machine's lifetime."""
        return self._flash.counters.seq

    def give_up_sequels(self) -> None:
        """Nothing is tried on it that would need one."""

    def leave(self) -> None:
        """Say goodbye, in the maker's manner."""
        self._carrier.leave()

    @property
    def gone(self) -> bool:
        """Whether nothing is open any more."""
        return self._carrier.gone

    def _ready(self) -> None:
        self._sent = None
        self._look()

    def _look(self) -> None:
        """Tell the oldest record, unless one is on its way."""
        kept = self._flash.oldest(1)
        if not kept or not self._carrier.online or self._sent == kept[0].fact.seq:
            return
        self._sent = kept[0].fact.seq
        with self._world.store.transaction():
            self._flash.mark_sent(self._sent, self._sent)
        self._carrier.send(kept[0].fact)

    def _stored(self, no: int) -> None:
        if self._sent != no:
            return
        with self._world.store.transaction():
            self._flash.release(no, set())
        self._sent = None
        self._look()

    def _try_again(self) -> None:
        self._sent = None
        self._look()
        for event in self._flash.events():
            if not self._carrier.alarm(event):
                with self._world.store.transaction():
                    self._flash.release_events(event.evt_seq)
        self._world.reactor.after(AGAIN_S, self._try_again)

    def _tell_totals(self) -> None:
        if self._carrier.online:
            self._carrier.totals(self._flash.counters.totals)
        self._world.reactor.after(TOTALS_EVERY_S, self._tell_totals)

    def _report(self, status: CommandStatus) -> None:
        if self._carrier.online:
            self._carrier.report(status)

    def _restart_soon(self) -> None:
        self._world.reactor.after(RESTART_S, self._restart)

    def _restart(self) -> None:
        """Start anew, when nobody is being served."""
        if self._dispenser.busy:
            self._restart_soon()
            return
        with self._world.store.transaction():
            self._flash.load()
            self._flash.count(boot=self._flash.counters.boot + 1)
            self._world.truth.device("reboot", self._spec.device_id)
        self._carrier.restart()

    def _power_lost(self) -> None:
        with self._world.store.transaction():
            self._world.truth.device("power_cut", self._spec.device_id)
            self._flash.load()


def build(spec: DeviceSpec, world: World, bells: Bells) -> Carrier:
    """The language of a machine's maker."""
    match spec.maker:
        case "lanjing":
            return lanjing.Lanjing(spec, world, bells)
        case "tieshan":
            return tieshan.Tieshan(spec, world, bells)
        case _:
            return yunshui.Yunshui(spec, world, bells)


def _says_nothing(_message: Message) -> None:
    """None of their languages has our messages."""
