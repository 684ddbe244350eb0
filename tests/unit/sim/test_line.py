"""A line of a machine: whether anybody is at its other end."""

import socket
from collections.abc import Callable, Iterator

import pytest

from tapline_sim.reactor import Socket, Timer
from tapline_sim.scenario import Broker
from tapline_sim.uplink import packets
from tapline_sim.uplink.line import Line
from tapline_sim.uplink.packets import Greeting, Kind

_CONNACK = bytes([Kind.CONNACK << 4, 2, 0, 0])
_PINGRESP = bytes([Kind.PINGRESP << 4, 0])
_KEEPALIVE_S = 60


class Hours:
    """A reactor whose time passes when it is told to."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, Timer]] = []
        self.read: Callable[[], object] = lambda: None
        self.write: Callable[[], object] = lambda: None

    def after(self, delay_s: float, action: Callable[[], None]) -> Timer:
        self.timers.append((delay_s, Timer(action)))
        return self.timers[-1][1]

    def watch(self, _sock: Socket, read: Callable[[], object], write: Callable[[], object]) -> None:
        self.read, self.write = read, write

    def want_write(self, _sock: Socket, *, wanted: bool) -> None:
        pass

    def unwatch(self, _sock: Socket) -> None:
        pass

    def half_a_keepalive(self) -> None:
        """Let it pass."""
        due = [timer for delay_s, timer in self.timers if delay_s == _KEEPALIVE_S / 2]
        self.timers = []
        for timer in due:
            timer.fire()


class Ears:
    """Whoever listens on the line."""

    lost_for: str | None = None

    def welcomed(self) -> None:
        pass

    def heard(self, topic: str, payload: bytes) -> None:
        pass

    def confirmed(self, mid: int) -> None:
        pass

    def lost(self, why: str) -> None:
        self.lost_for = why


class Far:
    """The broker's end: what a machine says, and what it is told."""

    def __init__(self, hours: Hours, ears: Ears, listener: socket.socket) -> None:
        greeting = Greeting("CH-001", "CH-001", "", 4, _KEEPALIVE_S, 1)
        port = listener.getsockname()[1]
        self._hours = hours
        self.line = Line(hours, Broker(host="127.0.0.1", port=port), greeting, ears)  # type: ignore[arg-type]
        self._sock, _ = listener.accept()
        self._buffer = bytearray()
        hours.write()
        assert self.hears() == Kind.CONNECT
        self.says(_CONNACK)

    def says(self, packet: bytes) -> None:
        """Send it, and wait until the line has read it: a reader that finds nothing returns."""
        self._sock.sendall(packet)
        self._hours.read()

    def hears(self) -> int:
        """The kind of the next packet."""
        while (packet := packets.take(self._buffer)) is None:
            self._buffer += self._sock.recv(4096)
        return packet.kind

    def close(self) -> None:
        self.line.cut()
        self._sock.close()


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def far(hours: Hours, ears: Ears) -> Iterator[Far]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        far = Far(hours, ears, listener)
        yield far
        far.close()


def test_a_line_that_nobody_answers_is_lost_although_it_takes_all_that_is_said(
    hours: Hours, ears: Ears, far: Far
) -> None:
    assert far.hears() == Kind.PINGREQ
    far.line.publish("t", b"a fact", qos=0)
    hours.half_a_keepalive()

    assert ears.lost_for == "the broker does not answer"


def test_a_line_is_kept_while_it_is_answered(hours: Hours, ears: Ears, far: Far) -> None:
    for _ in range(5):
        assert far.hears() == Kind.PINGREQ
        far.says(_PINGRESP)
        hours.half_a_keepalive()

    assert ears.lost_for is None
