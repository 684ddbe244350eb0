"""The firmware of one dispenser: boots, says hello, obeys, reports, and lets the machine sell."""

from datetime import UTC, datetime

from tapline_gateway.protocol import (
    Ack,
    AuthAnswer,
    CardList,
    Command,
    CommandOp,
    CommandState,
    CommandStatus,
    ConfigReport,
    Hello,
    LoadAnswer,
    Message,
    Nack,
    SeqRange,
    Stream,
    Telemetry,
    TimeAnswer,
    TotalsReport,
    format_ts,
)
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.device_clock import DeviceClock
from tapline_sim.dispenser import Dispenser
from tapline_sim.flash import Flash
from tapline_sim.logbook import Uplink
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
        self._flash = Flash(world.store, spec.device_id)
        with world.store.transaction():
            self._flash.count(boot=self._flash.counters.boot + 1)
            if self._flash.counters.boot == 1 and world.plan.defect(Deed.DRIFT, spec.device_id):
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
        uplink = Uplink(
            online=lambda: self._connection.online,
            publish=self._connection.publish,
            fact_written=self._upload.written,
            customer_left=self._take_list,
            proven=self._ended,
        )
        self._dispenser = Dispenser(spec, world, self._flash, self._clock, uplink)
        self._next_list: CardList | None = None

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
                caps=["auth", "list", "load", "prove"],
                seq_head=counters.seq,
                seq_acked=counters.upto,
                tot=counters.totals,
                list_ver=self._flash.held.ver,
                tariff_ver=self._world.scenario.tariff.version,
                boot_reason="power",
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
                self._execute(message)
            case CardList():
                self._next_list = message
                self._take_list()
            case _:
                pass  # desired configuration is beyond this model's capabilities

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

    def _execute(self, command: Command) -> None:
        """Do a command once; asked again, answer the same."""
        status = self._flash.answer_to(command.cmd)
        if status is None:
            self._say(CommandStatus(cmd=command.cmd, st=CommandState.RECEIVED))
            with self._world.store.transaction():
                status = self._carry_out(command)
                self._flash.remember(status)
        self._say(status)
        self._publish_events()
        self._upload.look()

    def _carry_out(self, command: Command) -> CommandStatus:
        if not is_alive(command.exp, datetime.now(UTC)):
            return CommandStatus(cmd=command.cmd, st=CommandState.EXPIRED)
        if command.op == CommandOp.PROVE:
            return self._dispenser.prove(command)
        wanted = SeqRange.read(command.args)
        if command.op != CommandOp.RESEND:
            return CommandStatus(cmd=command.cmd, st=CommandState.REFUSED, rc=1)
        if wanted is None:
            return CommandStatus(cmd=command.cmd, st=CommandState.REFUSED, rc=2)
        kept, lost = self._resend(wanted)
        return CommandStatus(
            cmd=command.cmd, st=CommandState.DONE, out={"resent": kept, "lost": lost}
        )

    def _ended(self, status: CommandStatus) -> None:
        """A command that took its time is over."""
        with self._world.store.transaction():
            self._flash.remember(status)
        self._say(status)

    def _resend(self, wanted: SeqRange) -> tuple[int, int]:
        """Deliver a range again, and declare what of it is gone; how many facts of either."""
        head = self._flash.counters.seq
        kept = self._flash.unpark(wanted.first, wanted.last)
        for seq in kept:
            self._world.mischief.asked_for(self._spec.device_id, seq)
        gone = gaps(kept, wanted.first, min(wanted.last, head))
        for lost in gone:
            self._flash.raise_event("lost", ts=format_ts(self._clock.now()), **lost.document())
        return len(kept), sum(last - first + 1 for first, last in gone)

    def _say(self, message: Message) -> None:
        self._connection.publish(message)

    def _publish_events(self) -> None:
        for event in self._flash.events():
            self._say(event)

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
        self._publish_settings()

    def _receive_late_cards(self) -> None:
        for card in self._world.plan.late_cards(self._spec.device_id):
            self._world.crowd.invite(card)
        self._dispenser.hurry()

    def _publish_settings(self) -> None:
        self._say(ConfigReport(ver=0, doc=self._flash.held.state.document()))

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
        every_s = self._world.scenario.telemetry_every_s * self._chance.uniform(0.9, 1.1)
        self._world.reactor.after(every_s, self._measure)

    def _report_totals(self) -> None:
        self._publish_totals()
        self._world.reactor.after(self._world.scenario.totals_every_s, self._report_totals)

    def _try_again(self) -> None:
        self._publish_events()
        self._upload.look()
        self._world.reactor.after(TRY_AGAIN_S, self._try_again)

    def _ask_time(self) -> None:
        self._say(self._clock.question())
        self._world.reactor.after(TIME_EVERY_S, self._ask_time)


def gaps(kept: list[int], first: int, last: int) -> list[SeqRange]:
    """What is missing of `first` to `last` (both included) among ascending `kept`."""
    missing, expected = [], first
    for seq in (*kept, last + 1):
        if seq > expected:
            missing.append(SeqRange(expected, seq - 1))
        expected = seq + 1
    return missing
