"""A maker with binary frames over TCP: whoever is at the other end, and however bytes come in."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tapline import devices
from tapline.devices import Assurance, Presence
from tapline.uow import Database
from tapline_gateway.vendors.logins import login_code
from tapline_gateway.vendors.tcp import FrameServer, Limits
from tests.factories import VAULT
from tests.gateway.conftest import CARD, Bench
from tests.gateway.foreign import assurances, registered
from tests.gateway.makers import (
    TieshanMachine,
    record,
    until,
)

MACHINE = "000024010007"
RECORD, PULSE, ALARM = 0x10, 0x02, 0x11


@pytest.fixture
def served(bench: Bench) -> Iterator[FrameServer]:
    yield from _served(bench.database, Limits())


def _served(database: Database, limits: Limits) -> Iterator[FrameServer]:
    server = FrameServer(database, VAULT, host="127.0.0.1", port=0, limits=limits)
    stop = threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    yield server
    stop.set()
    thread.join()


def tieshan(bench: Bench, served: FrameServer) -> TieshanMachine:
    """A machine that has logged in."""
    made = registered(bench.database, "tieshan", MACHINE, "WD-TS-1")
    machine = TieshanMachine(served.port, MACHINE)
    assert machine.login(login_code(made.key, "tieshan")) == (0x81, 1, 0)
    return machine


@pytest.mark.req("C35", "H405")
def test_a_pour_told_in_a_makers_frames_is_posted_and_answered_once(
    bench: Bench, served: FrameServer
) -> None:
    machine = tieshan(bench, served)
    pour = record(1001, card=CARD, before=10_000, counter=1)

    assert machine.say(RECORD, pour) == (0x90, 2, 0)
    assert machine.say(RECORD, pour) == (0x90, 3, 0)
    assert machine.say(PULSE, bytes(20)) == (0x82, 4, 0)
    assert machine.say(ALARM, bytes([1, 0, 0, 0, 1, 1])) == (0x91, 5, 0)

    assert bench.balance_fen() == 9_900
    assert assurances(bench.database) == {1001: Assurance.TRANSPORT}
    with bench.database.transaction() as uow:
        device = devices.get(uow, tenant_id="demo", device_id="WD-TS-1")
        assert (device.presence, device.total_n) == (Presence.ONLINE, 0)
    machine.close()
    until(lambda: _presence(bench, "WD-TS-1") is Presence.LOST, "the line was cut")


def _presence(bench: Bench, device_id: str) -> Presence:
    with bench.database.transaction() as uow:
        return devices.get(uow, tenant_id="demo", device_id=device_id).presence


def test_a_stranger_on_the_line_is_cut_and_changes_nothing(
    bench: Bench, served: FrameServer
) -> None:
    registered(bench.database, "tieshan", MACHINE, "WD-TS-1")
    pour = record(1001, card=CARD, before=10_000)

    guessed, unannounced, web = (
        TieshanMachine(served.port, MACHINE),
        TieshanMachine(served.port, MACHINE),
        socket.create_connection(("127.0.0.1", served.port)),
    )
    assert guessed.login("A" * 16) == (0x81, 1, 1)
    assert guessed.heard() is None
    assert unannounced.say(RECORD, pour) is None
    web.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert web.recv(1) == b""

    assert bench.balance_fen() == 10_000
    assert assurances(bench.database) == {}
    for line in (guessed, unannounced, web):
        line.close()


def test_a_machine_that_logged_in_speaks_for_itself_alone(
    bench: Bench, served: FrameServer
) -> None:
    machine = tieshan(bench, served)
    registered(bench.database, "tieshan", "000024019999", "WD-TS-2")
    machine.machine = "000024019999"

    machine.send(RECORD, record(1001, card=CARD, before=10_000))

    assert machine.heard() is None
    assert bench.balance_fen() == 10_000
    machine.close()


def test_a_damaged_frame_is_not_answered_and_comes_again(bench: Bench, served: FrameServer) -> None:
    machine = tieshan(bench, served)
    pour = record(1001, card=CARD, before=10_000, counter=1)

    machine.sock.sendall(b"\x7e" + b"\x10" + bytes(70) + b"\x7e")
    answer = machine.say(RECORD, pour)

    assert answer == (0x90, 2, 0)
    assert bench.balance_fen() == 9_900
    machine.close()


def test_frames_in_single_bytes_and_many_at_once_are_the_same(
    bench: Bench, served: FrameServer
) -> None:
    machine = tieshan(bench, served)
    sent = machine.sock.sendall
    held: list[bytes] = []
    machine.sock = _Holding(machine.sock, held)  # type: ignore[assignment]
    for no in range(1, 4):
        machine.send(RECORD, record(1000 + no, card=CARD, before=10_100 - 100 * no, counter=no))
    first, *rest = held
    for at in range(len(first)):
        sent(first[at : at + 1])
    sent(b"".join(rest))

    assert [machine.heard() for _ in range(3)] == [(0x90, 2, 0), (0x90, 3, 0), (0x90, 4, 0)]
    assert bench.balance_fen() == 9_700
    machine.close()


class _Holding:
    """A socket that keeps what is sent."""

    def __init__(self, sock: socket.socket, held: list[bytes]) -> None:
        self._sock = sock
        self.sendall: Callable[[bytes], None] = held.append
        self.recv = sock.recv
        self.close = sock.close


def test_whoever_says_too_little_is_cut_and_the_others_go_on(bench: Bench) -> None:
    """Slow writers and idle lines have their time, then their place is free."""
    limits = Limits(connections=3, login_s=1.0, frame_s=1.0, idle_s=600.0)
    serving = _served(bench.database, limits)
    served = next(serving)
    machine = tieshan(bench, served)
    silent = socket.create_connection(("127.0.0.1", served.port))
    endless = socket.create_connection(("127.0.0.1", served.port))
    endless.sendall(b"\x7e" + b"x" * 20)
    until(lambda: served.connections == 3, "all are in")
    refused = socket.create_connection(("127.0.0.1", served.port))
    assert refused.recv(1) == b""

    assert silent.recv(1) == b""
    assert endless.recv(1) == b""
    machine.sock.sendall(b"\x7e\x10")
    assert machine.heard() is None
    assert served.connections == 0
    for line in (silent, endless, refused):
        line.close()
    machine.close()
    next(serving, None)
