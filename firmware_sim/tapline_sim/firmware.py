"""The firmware of one dispenser: boots, says hello, obeys, reports, and lets the machine sell."""

from typing import Any

from tapline_gateway.protocol import (
    Ack,
    AuthAnswer,
    CardList,
    Command,
    CommandOp,
    CommandStatus,
    ConfigDesired,
    LoadAnswer,
    Message,
    Nack,
    Stream,
    TimeAnswer,
)
from tapline_sim import misfortune
from tapline_sim.claiming import Claiming
from tapline_sim.device_clock import DeviceClock
from tapline_sim.dispenser import Dispenser
from tapline_sim.flash import Flash
from tapline_sim.flashing import Flashing
from tapline_sim.gauges import Gauges
from tapline_sim.identity import Identity, delivered
from tapline_sim.logbook import Uplink
from tapline_sim.obedience import Obedience
from tapline_sim.parts import Parts
from tapline_sim.physics import Sensors
from tapline_sim.plan import Deed
from tapline_sim.premises import Cut
from tapline_sim.reporting import Reporting
from tapline_sim.scenario import DeviceSpec
from tapline_sim.takeover import Takeover
from tapline_sim.uplink import Connection, Upload
from tapline_sim.world import World

TRY_AGAIN_S = 5.0
BUSY_S = 0.1  # a restart waits for the moment between two customers


class Firmware:
    """One device from power-on: its memory, its clock, its connection, its machine.

    `copy` names a clone: the same device on the wire, with a memory of its own.
    """

    def __init__(self, spec: DeviceSpec, world: World, *, copy: str = "") -> None:
        self._spec = spec
        self._world = world
        self._flash = Flash(world.store, spec.device_id + copy, spec.memory)
        self._is_copy = bool(copy)
        self._delivered = delivered(spec, world.scenario.tenant)
        sensors = Sensors(world.plan.build(spec.device_id, "sensors"), world.scenario.climate)
        parts = Parts(spec, world, feed_tds=sensors.feed_tds)
        with world.store.transaction():
            self._boot()
            if self._flash.counters.boot == 1:
                parts.tell_start(self._flash.counters)
                if world.plan.drifts(spec.device_id):
                    world.truth.inject(Deed.DRIFT, spec.device_id, None, None)
        rolls_back = world.plan.rolled_back_at_s(spec.device_id) is not None
        self._image = self._flash.image() if rolls_back else None
        self._clock = DeviceClock(world.plan.clock(spec.device_id))
        self._chance = world.plan.build(spec.device_id, "network")
        self._connection = Connection(
            world,
            mqtt_version=spec.mqtt_version,
            boot=self._flash.counters.boot,
            clock=self._clock,
            chance=self._chance,
            owner=self,
        )
        say = self._connection.publish
        self._upload = Upload(spec.device_id, world, self._flash, publish=say, chance=self._chance)
        self._obedience = Obedience(
            spec.device_id, world, flash=self._flash, clock=self._clock, machine=self, say=say
        )
        self._reporting = Reporting(
            spec, world, flash=self._flash, clock=self._clock, chance=self._chance, say=say
        )
        uplink = Uplink(
            online=lambda: self._connection.online,
            publish=say,
            fact_written=self._upload.written,
            customer_left=self._customer_left,
            proven=self._obedience.ended,
            power_lost=self._power_lost,
        )
        self._dispenser = Dispenser(
            spec, world, flash=self._flash, clock=self._clock, parts=parts, uplink=uplink
        )
        self._gauges = Gauges(
            spec,
            world,
            sensors,
            parts,
            flash=self._flash,
            clock=self._clock,
            chance=self._chance,
            machine=self._dispenser,
            report=self._reporting.events,
        )
        self._takeover = Takeover(
            spec.device_id,
            world,
            flash=self._flash,
            is_busy=lambda: self._dispenser.busy,
            report=self._reporting.settings,
        )
        self._flashing = Flashing(spec, world, copy=copy, flash=self._flash, machine=self, say=say)
        self._flashing.boot()
        self._boot_reason = "power"

    def start(self) -> None:
        """Connect, and open for customers whether or not that succeeds; without a key, get one
        first."""
        if self._flash.identity is None and self._delivered is None:
            self._claim()
            return
        self._connection.open()
        self._reporting.begin(self._gauges.measured)
        self._world.reactor.after(TRY_AGAIN_S, self._try_again)
        if not self._is_copy:
            misfortune.await_all(self._spec.device_id, self._world, self, self._connection)
            self._gauges.begin()
        self._dispenser.open()

    def close(self) -> None:
        """Serve only those whom the plan still needs, and at once; an outage ends here."""
        self._connection.mend(Cut.OUTAGE)
        self._dispenser.hurry()

    @property
    def busy(self) -> bool:
        """Whether a customer is being served."""
        return self._dispenser.busy

    @property
    def online(self) -> bool:
        """Whether the broker has let it in."""
        return self._connection.online

    @property
    def facts_written(self) -> int:
        """The facts of the device's lifetime."""
        return self._flash.counters.seq

    @property
    def refused_frames(self) -> int:
        """Frames from the platform that were not signed for this device, or made no sense."""
        return self._connection.refused

    def give_up_sequels(self) -> None:
        """No customer comes any more: deliver what was withheld and nobody missed."""
        with self._world.store.transaction():
            self._world.mischief.give_up(self._spec.device_id, self._flash)
        self._upload.look()

    def leave(self) -> None:
        """Report the last totals, say goodbye, disconnect."""
        self._reporting.totals()
        self._connection.leave()

    @property
    def gone(self) -> bool:
        """Whether the connection is closed for good."""
        return self._connection.gone

    @property
    def identity(self) -> Identity:
        """Who the device is at this moment."""
        who = self._flash.identity or self._delivered
        assert who is not None, "it claims one before it connects"
        return who

    def came_online(self) -> None:
        """Say hello, and everything that is not known to have arrived."""
        self._reporting.hello(self._boot_reason, self._flashing.version)
        self._flashing.came_online()
        self._upload.start()

    def went_offline(self) -> None:
        """Nothing is on its way any more."""
        self._upload.stop()

    def was_refused(self) -> None:
        """Perhaps it is the other password that is good."""
        if self.identity.other_password is not None:
            with self._world.store.transaction():
                self._flash.become(self.identity.turned())

    def received(self, message: Message) -> None:
        """Obey the platform, as far as this model can."""
        match message:
            case Ack(stream=Stream.TXN):
                self._upload.acked(message)
            case Ack(stream=Stream.EVT):
                with self._world.store.transaction():
                    self._flash.release_events(message.upto)
            case Nack(topic="up/txn"):
                self._upload.nacked(message)
            case LoadAnswer() | AuthAnswer():
                self._dispenser.answered(message)
            case TimeAnswer():
                self._clock.correct(message)
            case Command(op=CommandOp.OTA) if self._world.scenario.firmware_keys:
                self._flashing.told(message)
            case Command():
                self._obedience.execute(message)
                self._reporting.events()
                self._upload.look()
            case ConfigDesired() | CardList():
                self._takeover.sent(message)

    def selftest(self) -> dict[str, Any]:
        """Try every part, and say what was found."""
        stuck = self._world.plan.valve_is_stuck(self._spec.device_id, self._world.run_s)
        kept = self._flash.counters.seq - self._flash.counters.upto
        valve = {"valve": "stuck" if stuck else "ok"}
        return valve | self._gauges.verdicts() | {"facts_kept": kept}

    def prove(self, command: Command) -> CommandStatus:
        """Wait for a card to say which it is."""
        return self._dispenser.prove(command)

    def move(self) -> None:
        """Leave, and log in to another operator's branch."""
        self._world.reactor.after(0, lambda: self._connection.start_anew(self._flash.counters.boot))

    def restart(self, reason: str) -> None:
        """Start anew, when nobody is being served: another boot, another connection."""
        if self._dispenser.busy:
            self._world.reactor.after(BUSY_S, lambda: self.restart(reason))
            return
        with self._world.store.transaction():
            self._flash.load()
            self._boot()
            self._world.truth.device("reboot", self._spec.device_id)
        self._boot_reason = reason
        self._flashing.boot()
        self._gauges.restart()
        self._clock.restart()
        self._connection.start_anew(self._flash.counters.boot)

    def jump(self, seconds: float) -> None:
        """As `Victim`."""
        self._clock.jump(seconds)

    def roll_back(self) -> bool:
        """As `Victim`: only once the platform has every fact, for these would be gone."""
        if self._image is None or self._flash.kept or self._dispenser.busy:
            return False
        with self._world.store.transaction():
            self._flash.roll_back(self._image)
            self._world.truth.device("rolled_back", self._spec.device_id)
        self.restart("power")
        return True

    def receive_late_cards(self) -> None:
        """As `Victim`."""
        for card in self._world.plan.late_cards(self._spec.device_id):
            self._world.crowd.invite(card)
        self._dispenser.hurry()

    def _boot(self) -> None:
        self._flash.count(boot=self._flash.counters.boot + 1)

    def _claim(self) -> None:
        credential = self._world.scenario.claim
        assert credential is not None, "the scenario was checked"
        Claiming(
            self._spec,
            credential,
            self._world,
            flash=self._flash,
            chance=self._chance,
            done=self._claimed,
        ).begin()

    def _claimed(self, who: Identity) -> None:
        with self._world.store.transaction():
            self._flash.become(who)
            self._world.truth.device("claimed", self._spec.device_id)
        self.start()

    def _power_lost(self) -> None:
        with self._world.store.transaction():
            self._world.truth.device("power_cut", self._spec.device_id)
        self._world.reactor.after(0, lambda: self.restart("power"))

    def _customer_left(self) -> None:
        self._takeover.look()

    def _try_again(self) -> None:
        self._reporting.events()
        self._upload.look()
        self._world.reactor.after(TRY_AGAIN_S, self._try_again)
