"""What the spoilt lines do, seen from both their ends: a proof by them is worth what they are."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.chaos.wire import Line, Lines, Weather

WAIT_S = 10.0


@pytest.fixture
def echo() -> Iterator[int]:
    """Says again whatever it is told; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    peer, _ = server.accept()
                    threading.Thread(target=answer, args=(peer,), daemon=True).start()

        def answer(peer: socket.socket) -> None:
            with contextlib.suppress(OSError), peer:
                while said := peer.recv(4096):
                    peer.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def wires() -> Iterator[Lines]:
    with Lines(7) as wires:
        yield wires


@pytest.fixture
def line(wires: Lines, echo: int) -> Line:
    return wires.lay(echo)


@pytest.fixture
def caller(line: Line) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", line.port), timeout=WAIT_S) as caller:
        assert said_back(caller, b"hello") == b"hello"
        yield caller


def said_back(caller: socket.socket, words: bytes) -> bytes:
    caller.sendall(words)
    return caller.recv(4096)


def test_a_closed_line_ends_and_a_new_one_is_welcome(
    wires: Lines, line: Line, caller: socket.socket
) -> None:
    wires.do(line.cut(is_hard=False))

    assert caller.recv(10) == b""
    with socket.create_connection(("127.0.0.1", line.port), timeout=WAIT_S) as again:
        assert said_back(again, b"again") == b"again"


def test_a_reset_line_is_an_error_to_who_is_on_it(
    wires: Lines, line: Line, caller: socket.socket
) -> None:
    wires.do(line.cut(is_hard=True))

    with pytest.raises(ConnectionResetError):
        caller.recv(10)


def test_a_half_open_line_takes_everything_and_answers_nothing_until_it_is_reset(
    wires: Lines, line: Line, caller: socket.socket
) -> None:
    mute = Weather(is_mute=True)
    wires.do(line.begin(mute))
    caller.sendall(b"anybody?")
    newcomer = socket.create_connection(("127.0.0.1", line.port), timeout=WAIT_S)
    newcomer.sendall(b"nor here?")
    caller.settimeout(0.3)
    with pytest.raises(TimeoutError):
        caller.recv(10)
    caller.settimeout(WAIT_S)
    wires.do(line.end(mute))

    for one in (caller, newcomer):
        with pytest.raises(ConnectionResetError):
            one.recv(10)
    newcomer.close()


def test_a_late_line_delivers_in_order(wires: Lines, line: Line, caller: socket.socket) -> None:
    wires.do(line.begin(Weather(delay_s=0.05, spread_s=0.1)))
    caller.sendall(b"one ")
    caller.sendall(b"two")

    heard = b""
    while len(heard) < 7:
        heard += caller.recv(10)
    assert heard == b"one two"


def test_a_lossy_line_stalls_or_ends_and_never_leaves_anything_out(
    wires: Lines, line: Line, caller: socket.socket
) -> None:
    wires.do(line.begin(Weather(lost=0.9)))

    said, heard = b"", b""
    with contextlib.suppress(ConnectionError):
        for number in range(1000):
            word = b"%d " % number
            said += word
            piece = said_back(caller, word)
            if not piece:
                break
            heard += piece

    assert len(heard) < len(said), "a thousand pieces passed where nine in ten are lost"
    assert said.startswith(heard)


def test_a_spoiling_line_turns_one_byte_over(
    wires: Lines, line: Line, caller: socket.socket
) -> None:
    wires.do(line.begin(Weather(spoilt=1.0)))

    heard = said_back(caller, bytes(100))
    assert len(heard) == 100
    assert heard.count(0) == 99
    assert line.spoilt == 1
