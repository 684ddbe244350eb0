"""The firmware of one dispenser: boots, says hello, obeys, reports, and lets the machine sell."""

from typing import Any

from tapline_gateway.protocol import (
    Ack,
    AuthAnswer,
    CardList,
    Command,
    CommandStatus,
    ConfigDesired,
    ConfigReport,
    Hello,
    LoadAnswer,
    Message,
    Nack,
    Stream,
    Telemetry,
    TimeAnswer,
    TotalsReport,
    format_ts,
)
from tapline_sim.device_clock import DeviceClock
from tapline_sim.dispenser import Dispenser
from tapline_sim.flash import Flash
from tapline_sim.logbook import Uplink
from tapline_sim.obedience import Obedience
from tapline_sim.physics import Sensors
from tapline_sim.plan import Deed
from tapline_sim.scenario import DeviceSpec
from tapline_sim.uplink import Connection, Upload
from tapline_sim.world import World

TRY_AGAIN_S = 5.0
TIME_EVERY_S = 600.0


class Firmware:
    """One device from power-on: its memory, its clock, its connection, its machine."""

    def __init__(self, spec: DeviceSpec, world: World) -> None:
        self._spec = spec
        self._world = world
        self._flash = Flash(world.store, spec.device_id, spec.memory)
        with world.store.transaction():
            self._flash.count(boot=self._flash.counters.boot + 1)
            if self._flash.counters.boot == 1 and world.plan.drifts(spec.device_id):
                world.truth.inject(Deed.DRIFT, spec.device_id, None, None)
        self._clock = DeviceClock()
        self._sensors = Sensors(world.plan.build(spec.device_id, "sensors"))
        self._chance = world.plan.build(spec.device_id, "network")
        self._connection = self._build_connection()
        self._upload = Upload(
            spec.device_id,
            world,
            self._flash,
            publish=self._connection.publish,
            chance=self._chance,
        )
        self._obedience = Obedience(
            spec.device_id,
            world,
            flash=self._flash,
            clock=self._clock,
            machine=self,
            say=self._connection.publish,
        )
        uplink = Uplink(
            online=lambda: self._connection.online,
            publish=self._connection.publish,
            fact_written=self._upload.written,
            customer_left=self._customer_left,
            proven=self._obedience.ended,
        )
        self._dispenser = Dispenser(spec, world, self._flash, self._clock, uplink)
        self._next_list: CardList | None = None
        self._next_settings: ConfigDesired | None = None
        self._boot_reason = "power"

    def start(self, delay_s: float) -> None:
        """Connect after `delay_s`, and open for customers whether or not that succeeds."""
        after, scenario = self._world.reactor.after, self._world.scenario
        after(delay_s, self._connection.open)
        after(delay_s + self._chance.uniform(0, scenario.telemetry_every_s), self._measure)
        after(delay_s + scenario.totals_every_s, self._report_totals)
        after(delay_s + TRY_AGAIN_S, self._try_again)
        after(delay_s + TIME_EVERY_S, self._ask_time)
        outage = self._world.plan.outage(self._spec.device_id)
        if outage is not None:
            after(outage.from_s, self._connection.cut)
            after(outage.middle_s, self._receive_late_cards)
            after(outage.to_s, self._connection.mend)
        self._dispenser.open()

    def close(self) -> None:
        """Serve only those whom the plan still needs, and at once; an outage ends here."""
        self._connection.mend()
        self._dispenser.hurry()

    @property
    def busy(self) -> bool:
        """Whether a customer is being served."""
        return self._dispenser.busy

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
        self._publish_totals()
        self._connection.leave()

    @property
    def gone(self) -> bool:
        """Whether the connection is closed for good."""
        return self._connection.gone

    def came_online(self) -> None:
        """Say hello, and everything that is not known to have arrived."""
        counters = self._flash.counters
        self._connection.publish(
            Hello(
                boot=counters.boot,
                fw=self._spec.fw,
                hw=self._spec.hw,
                caps=["auth", "cfg", "list", "load", "prove"],
                seq_head=counters.seq,
                seq_acked=counters.upto,
                tot=counters.totals,
                list_ver=self._flash.held.ver,
                tariff_ver=self._flash.settings.tariff(self._world.scenario.tariff).version,
                cfg_ver=self._flash.settings.ver,
                boot_reason=self._boot_reason,
                clk=self._clock.source,
            )
        )
        self._connection.publish(self._clock.question())
        self._publish_settings()
        self._publish_totals()
        self._publish_events()
        self._upload.start()

    def went_offline(self) -> None:
        """Nothing is on its way any more."""
        self._upload.stop()

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
            case Command():
                self._obedience.execute(message)
                self._publish_events()
                self._upload.look()
            case ConfigDesired():
                self._next_settings = message
                self._take_settings()
            case CardList():
                self._next_list = message
                self._take_list()

    def _build_connection(self) -> Connection:
        return Connection(
            tenant=self._world.scenario.tenant,
            spec=self._spec,
            broker=self._world.scenario.mqtt,
            boot=self._flash.counters.boot,
            clock=self._clock,
            reactor=self._world.reactor,
            chance=self._chance,
            owner=self,
        )

    def selftest(self) -> dict[str, Any]:
        """Try every part, and say what was found."""
        stuck = self._world.plan.valve_is_stuck(self._spec.device_id, self._world.run_s)
        kept = self._flash.counters.seq - self._flash.counters.upto
        valve = "stuck" if stuck else "ok"
        return {"valve": valve, "pump": "ok", "reader": "ok", "facts_kept": kept}

    def prove(self, command: Command) -> CommandStatus:
        """Wait for a card to say which it is."""
        return self._dispenser.prove(command)

    def restart(self) -> None:
        """Start anew, when nobody is being served: another boot, another connection."""
        if self._dispenser.busy:
            self._world.reactor.after(TRY_AGAIN_S, self.restart)
            return
        with self._world.store.transaction():
            self._flash.count(boot=self._flash.counters.boot + 1)
        self._boot_reason = "command"
        self._connection.start_anew(self._flash.counters.boot)

    def _say(self, message: Message) -> None:
        self._connection.publish(message)

    def _publish_events(self) -> None:
        for event in self._flash.events():
            self._say(event)

    def _customer_left(self) -> None:
        self._take_list()
        self._take_settings()

    def _take_settings(self) -> None:
        """Take the last settings sent over, but not under a customer: he sees the old price."""
        if self._next_settings is None or self._dispenser.busy:
            return
        desired, self._next_settings = self._next_settings, None
        with self._world.store.transaction():
            self._flash.set(self._flash.settings.changed(desired))
        self._publish_settings()

    def _take_list(self) -> None:
        """Take the last list sent over, but not under a customer: whoever is being served was let
        in under the list before, and his fact must not come after the acknowledgement.
        """
        if self._next_list is None or self._dispenser.busy:
            return
        change, self._next_list = self._next_list, None
        held = self._flash.held.changed(change, seq=self._flash.counters.seq)
        with self._world.store.transaction():
            self._flash.hold(held)
        for card in self._world.plan.stolen_for(self._spec.device_id):
            if card in held.cards:
                self._world.crowd.invite(card)
        self._publish_settings()

    def _receive_late_cards(self) -> None:
        for card in self._world.plan.late_cards(self._spec.device_id):
            self._world.crowd.invite(card)
        self._dispenser.hurry()

    def _publish_settings(self) -> None:
        settings = self._flash.settings
        doc = settings.doc | self._flash.held.state.document()
        self._say(ConfigReport(ver=settings.ver, doc=doc))

    def _publish_totals(self) -> None:
        counters = self._flash.counters
        self._say(TotalsReport(boot=counters.boot, n=counters.n, fen=counters.fen, ml=counters.ml))

    def _measure(self) -> None:
        now = self._clock.now()
        readings = self._sensors.read(
            now, flow_ml_s=self._dispenser.flow_ml_s(), valve_open=self._dispenser.valve_open
        )
        self._say(
            Telemetry(
                boot=self._flash.counters.boot,
                up_ms=self._clock.up_ms,
                ts=format_ts(now),
                m=readings,
            )
        )
        every_s = self._flash.settings.every_s("tele_s", self._world.scenario.telemetry_every_s)
        every_s *= self._chance.uniform(0.9, 1.1)
        self._world.reactor.after(every_s, self._measure)

    def _report_totals(self) -> None:
        self._publish_totals()
        every_s = self._flash.settings.every_s("tot_s", self._world.scenario.totals_every_s)
        self._world.reactor.after(every_s, self._report_totals)

    def _try_again(self) -> None:
        self._publish_events()
        self._upload.look()
        self._world.reactor.after(TRY_AGAIN_S, self._try_again)

    def _ask_time(self) -> None:
        self._say(self._clock.question())
        self._world.reactor.after(TIME_EVERY_S, self._ask_time)
