"""Lanjing: JSON over MQTT on topics of its own, everything retained; money and water are text."""

from datetime import UTC, datetime

import msgspec

from tapline_gateway.protocol import (
    Command,
    CommandOp,
    CommandState,
    CommandStatus,
    DeviceEvent,
    Fact,
    FactStatus,
    Totals,
)
from tapline_sim.makers.carrier import Bells, until_ts, wall_clock, yuan
from tapline_sim.scenario import DeviceSpec
from tapline_sim.uplink.line import Line
from tapline_sim.uplink.packets import Greeting
from tapline_sim.world import World

AGAIN_S = 3.0
_KEEPALIVE_S = 60
_SESSION_S = 7 * 24 * 3600
_RESULTS = {
    FactStatus.OK: 0,
    FactStatus.NO_FLOW: 1,
    FactStatus.PARTIAL: 2,
    FactStatus.TIMEOUT: 2,
    FactStatus.CARD_REMOVED: 3,
    FactStatus.POWER_LOSS: 4,
}
_FAULT = 9
_OPS = {
    "lock": CommandOp.STOP_SALE,
    "unlock": CommandOp.RESUME_SALE,
    "restart": CommandOp.REBOOT,
}
_REPLIES = {
    CommandState.DONE: 0,
    CommandState.REFUSED: 1,
    CommandState.FAILED: 2,
    CommandState.EXPIRED: 3,
}


class _Stored(msgspec.Struct):
    no: int


class _Order(msgspec.Struct):
    id: str
    do: str
    until: int


class Lanjing:
    """One machine on the broker, under its maker's number. Implements `Carrier`."""

    def __init__(self, spec: DeviceSpec, world: World, bells: Bells) -> None:
        self._sn = spec.foreign_id or spec.device_id
        self._password = spec.password
        self._world = world
        self._bells = bells
        self._line: Line | None = None
        self._leaving = False
        self._farewell: int | None = None
        self.online = False

    def open(self) -> None:
        """As `Carrier`."""
        if self._leaving:
            return
        greeting = Greeting(
            client_id=self._sn,
            username=self._sn,
            password=self._password,
            version=4,
            keepalive_s=_KEEPALIVE_S,
            session_s=_SESSION_S,
            will=(f"lj/{self._sn}/status", self._status(online=0)),
        )
        try:
            self._line = Line(self._world.reactor, self._world.scenario.mqtt, greeting, self)
        except OSError:
            self._world.reactor.after(AGAIN_S, self.open)

    def send(self, fact: Fact) -> None:
        """As `Carrier`."""
        told = {
            "no": fact.seq,
            "card": fact.card.no,
            "before": yuan(fact.bal_before),
            "cost": yuan(fact.amt),
            "after": yuan(fact.bal_after),
            "vol": f"{fact.ml // 1000}.{fact.ml % 1000:03}",
            "port": fact.nozzle,
            "t": _seconds(wall_clock(fact)),
            "res": _RESULTS.get(fact.status, _FAULT),
        }
        self._say("record", msgspec.json.encode(told))

    def totals(self, totals: Totals) -> None:
        """As `Carrier`: there is no word for them."""

    def alarm(self, event: DeviceEvent) -> bool:
        """As `Carrier`: there is no word for them."""
        return False

    def report(self, status: CommandStatus) -> None:
        """As `Carrier`."""
        now = datetime.now().replace(tzinfo=None)  # noqa: DTZ005 (its wall clock)
        told = {"id": status.cmd, "res": _REPLIES[status.st], "t": _seconds(now)}
        self._say("reply", msgspec.json.encode(told))

    def restart(self) -> None:
        """As `Carrier`."""
        if self._line is not None:
            self._line.cut()

    def leave(self) -> None:
        """As `Carrier`."""
        self._leaving = True
        if self._line is not None and self.online:
            self._farewell = self._say("status", self._status(online=0))
        elif self._line is not None:
            self._line.cut()

    @property
    def gone(self) -> bool:
        """As `Carrier`."""
        return self._line is None

    def welcomed(self) -> None:
        """As `Ears`."""
        assert self._line is not None
        self.online = True
        self._line.subscribe([f"lj/{self._sn}/ack", f"lj/{self._sn}/cmd"])
        self._say("status", self._status(online=1))
        self._bells.ready()

    def heard(self, topic: str, payload: bytes) -> None:
        """As `Ears`: a record is stored, or something is to be done."""
        try:
            if topic.endswith("/cmd"):
                self._bells.ordered(_command(payload))
            else:
                self._bells.stored(msgspec.json.decode(payload, type=_Stored).no)
        except msgspec.DecodeError:
            return

    def confirmed(self, mid: int) -> None:
        """As `Ears`."""
        if mid == self._farewell and self._line is not None:
            self._line.leave()

    def lost(self, why: str) -> None:
        """As `Ears`."""
        self._line, self.online = None, False
        if not self._leaving:
            self._world.reactor.after(AGAIN_S, self.open)

    def _say(self, name: str, payload: bytes) -> int | None:
        assert self._line is not None
        return self._line.publish(f"lj/{self._sn}/{name}", payload, qos=1, retain=True)

    def _status(self, *, online: int) -> bytes:
        now = datetime.now().replace(tzinfo=None)  # noqa: DTZ005 (its wall clock)
        return msgspec.json.encode({"online": online, "t": _seconds(now)})


def _command(payload: bytes) -> Command:
    told = msgspec.json.decode(payload, type=_Order)
    until = datetime.fromtimestamp(told.until, UTC).replace(tzinfo=None)
    return Command(cmd=told.id, op=_OPS.get(told.do, told.do), exp=until_ts(until))


def _seconds(wall: datetime) -> int:
    """Counted from 1970 as if that were in local time."""
    return int(wall.replace(tzinfo=UTC).timestamp())
