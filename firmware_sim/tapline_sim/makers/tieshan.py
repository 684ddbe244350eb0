"""Tieshan: binary frames over TCP between 0x7E flags, numbers low byte first, CRC-16/X-25."""

import os
import socket
import struct
from contextlib import suppress
from datetime import datetime
from uuid import UUID

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
from tapline_sim.makers.carrier import Bells, until_ts, wall_clock
from tapline_sim.scenario import DeviceSpec
from tapline_sim.world import World

AGAIN_S = 3.0
_FLAG, _ESCAPE = b"\x7e", b"\x7d"
_LOGIN, _PULSE, _RECORD, _ALARM, _ANSWER = 0x01, 0x02, 0x10, 0x11, 0x80
_ORDER, _REPORT = 0x20, 0x21
_HEAD = struct.Struct("<B6sH")
_STORED = 0
_RESULTS = {
    FactStatus.OK: 0,
    FactStatus.PARTIAL: 1,
    FactStatus.NO_FLOW: 2,
    FactStatus.TIMEOUT: 3,
    FactStatus.CARD_REMOVED: 4,
    FactStatus.POWER_LOSS: 5,
    FactStatus.TORN: 6,
}
_FAULT = 7
_OPS = {
    1: CommandOp.STOP_SALE,
    2: CommandOp.RESUME_SALE,
    3: CommandOp.SELFTEST,
    4: CommandOp.REBOOT,
    5: CommandOp.FLUSH,
}
_REPORTS = {
    CommandState.DONE: 0,
    CommandState.REFUSED: 1,
    CommandState.FAILED: 2,
    CommandState.EXPIRED: 3,
}
_ALARMS = {"leak": 1, "valve_stuck": 2, "pump_fault": 3, "door_open": 4, "filter_due": 5}


class Tieshan:
    """One machine on a connection of its own. Implements `Carrier`."""

    def __init__(self, spec: DeviceSpec, world: World, bells: Bells) -> None:
        assert world.scenario.tieshan is not None, "the scenario was checked"
        self._address = (world.scenario.tieshan.host, world.scenario.tieshan.port)
        self._machine = bytes.fromhex(spec.foreign_id or "0" * 12)
        self._code = spec.password.encode()
        self._world = world
        self._bells = bells
        self._sock: socket.socket | None = None
        self._in = bytearray()
        self._number = 0
        self._under_way: dict[int, int] = {}
        self._leaving = False
        self.online = False

    def open(self) -> None:
        """As `Carrier`."""
        if self._leaving:
            return
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.connect_ex(self._address)
        self._sock, self._number, self._under_way = sock, 0, {}
        self._in.clear()
        self._world.reactor.watch(sock, self._readable, self._connected)
        self._world.reactor.want_write(sock, wanted=True)

    def send(self, fact: Fact) -> None:
        """As `Carrier`."""
        card = bytes.fromhex(fact.card.no.rjust(16, "f"))
        sums = (fact.atc or 0, fact.bal_before or 0, fact.amt, fact.bal_after or 0)
        body = struct.pack("<I", fact.seq)
        body += bytes.fromhex(wall_clock(fact).strftime("%y%m%d%H%M%S")) + card
        body += struct.pack("<IIIIII", *sums, fact.ml, fact.pulses or 0)
        body += bytes([fact.nozzle or 0, _RESULTS.get(fact.status, _FAULT)])
        self._say(_RECORD, body)
        self._under_way[self._number] = fact.seq

    def totals(self, totals: Totals) -> None:
        """As `Carrier`."""
        self._say(_PULSE, struct.pack("<IQQ", totals.n, totals.fen, totals.ml))

    def alarm(self, event: DeviceEvent) -> bool:
        """As `Carrier`; its answer is not waited for."""
        code = _ALARMS.get(event.code)
        if code is not None and self.online:
            self._say(_ALARM, struct.pack("<IBB", event.evt_seq, code, int(event.on)))
        return code is not None and not self.online

    def report(self, status: CommandStatus) -> None:
        """As `Carrier`; its answer is not waited for: who missed it gives the order again."""
        self._say(_REPORT, UUID(status.cmd).bytes + bytes([_REPORTS[status.st], 0]))

    def restart(self) -> None:
        """As `Carrier`."""
        if self._sock is not None:
            self._broken("restarted")

    def leave(self) -> None:
        """As `Carrier`."""
        self._leaving = True
        self._close()

    @property
    def gone(self) -> bool:
        """As `Carrier`."""
        return self._sock is None

    def _connected(self) -> None:
        sock = self._sock
        assert sock is not None
        self._world.reactor.want_write(sock, wanted=False)
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._broken(os.strerror(code))
        else:
            self._say(_LOGIN, self._code)

    def _readable(self) -> None:
        assert self._sock is not None
        try:
            chunk = self._sock.recv(4096)
        except BlockingIOError:
            return
        except OSError as error:
            self._broken(str(error))
            return
        if not chunk:
            self._broken("closed")
            return
        self._in += chunk
        *whole, rest = self._in.split(_FLAG)
        self._in = bytearray(rest)
        for inside in filter(None, whole):
            self._answered(_bare(bytes(inside)))

    def _answered(self, bare: bytes) -> None:
        if len(bare) < _HEAD.size + 1:
            return
        kind, _, number = _HEAD.unpack_from(bare)
        if kind == _ORDER:
            self._bells.ordered(_command(bare[_HEAD.size :]))
            return
        result = bare[_HEAD.size]
        if kind == _LOGIN | _ANSWER and result == _STORED:
            self.online = True
            self._bells.ready()
        elif kind == _RECORD | _ANSWER and result == _STORED and number in self._under_way:
            self._bells.stored(self._under_way.pop(number))

    def _say(self, kind: int, body: bytes) -> None:
        if self._sock is None:
            return
        self._number = self._number % 0xFFFF + 1
        bare = _HEAD.pack(kind, self._machine, self._number) + body
        try:
            # A frame is small, and one is under way at a time: the socket takes it whole.
            self._sock.sendall(_framed(bare))
        except OSError as error:
            self._broken(str(error))

    def _broken(self, _why: str) -> None:
        self._close()
        self._world.reactor.after(AGAIN_S, self.open)

    def _close(self) -> None:
        sock, self._sock, self.online = self._sock, None, False
        if sock is not None:
            self._world.reactor.unwatch(sock)
            with suppress(OSError):
                sock.close()


def _command(body: bytes) -> Command:
    """What is to be done; the id counts 16 bytes, the wall clock after which it is too late 6."""
    until = datetime.strptime(f"20{body[17:23].hex()}", "%Y%m%d%H%M%S")  # noqa: DTZ007 (wall clock)
    op = _OPS.get(body[16], "unknown")
    return Command(cmd=str(UUID(bytes=body[:16])), op=op, exp=until_ts(until))


def _framed(bare: bytes) -> bytes:
    whole = bare + struct.pack("<H", crc(bare))
    inside = whole.replace(_ESCAPE, b"\x7d\x5d").replace(_FLAG, b"\x7d\x5e")
    return _FLAG + inside + _FLAG


def _bare(inside: bytes) -> bytes:
    """What a frame carries; nothing where it is damaged."""
    whole = inside.replace(b"\x7d\x5e", _FLAG).replace(b"\x7d\x5d", _ESCAPE)
    body, stated = whole[:-2], int.from_bytes(whole[-2:], "little")
    return body if crc(body) == stated else b""


def crc(data: bytes) -> int:
    """CRC-16/X-25, bit by bit as the standard describes it."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value ^ 0xFFFF
