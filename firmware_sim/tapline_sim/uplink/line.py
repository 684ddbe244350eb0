"""One MQTT connection over one socket, served by the fleet's reactor; nothing of it ever blocks."""

import errno
import os
import socket
import ssl
from collections import deque
from contextlib import suppress
from functools import cache
from typing import Protocol

from tapline_sim.reactor import Reactor, Timer
from tapline_sim.scenario import Broker
from tapline_sim.uplink import packets
from tapline_sim.uplink.packets import Greeting, Kind, Packet, PacketError

CONNECT_TIMEOUT_S = 10.0  # from the first packet to the broker's welcome
RECEIVE_BYTES = 16 * 1024
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}
_BLOCKED = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Ears(Protocol):
    """Whoever listens on a line."""

    def welcomed(self) -> None:
        """Called once the broker has let us in."""

    def heard(self, topic: str, payload: bytes) -> None:
        """Called with each message; it is acknowledged when this returns."""

    def confirmed(self, mid: int) -> None:
        """Called when the broker has a message of ours."""

    def lost(self, why: str) -> None:
        """Called once, when the line is gone, whoever ended it."""


class Line:
    """From `Line()` on it connects; once lost, it is not used again.

    At QoS 1 no more is under way than the broker takes; the rest waits here.
    """

    __slots__ = (
        "_asked",
        "_broker",
        "_corked",
        "_ears",
        "_greeting",
        "_heard",
        "_in",
        "_inflight",
        "_keepalive",
        "_mid",
        "_out",
        "_quiet",
        "_reactor",
        "_receive_max",
        "_shaking",
        "_sock",
        "_timeout",
        "_waiting",
        "_wants_write",
    )

    def __init__(self, reactor: Reactor, broker: Broker, greeting: Greeting, ears: Ears) -> None:
        """`OSError` where not even the attempt can be made."""
        self._reactor = reactor
        self._broker = broker
        self._greeting = greeting
        self._ears = ears
        self._in = bytearray()
        self._out = bytearray(packets.connect(greeting))
        self._mid = 0
        self._inflight: set[int] = set()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._receive_max = 0
        self._quiet = True
        self._heard = self._asked = False
        self._keepalive: Timer | None = None
        self._shaking = broker.tls is not None
        self._corked = False
        self._wants_write = True
        self._sock: socket.socket | None = _dialled(broker, greeting.version)
        self._timeout = reactor.after(CONNECT_TIMEOUT_S, lambda: self._lose("no welcome in time"))
        reactor.watch(self._sock, self._readable, self._writable)
        reactor.want_write(self._sock, wanted=True)  # writable is: connected

    def subscribe(self, topics: list[str]) -> None:
        """Ask for what is said under these filters, at QoS 1."""
        self._write(packets.subscribe(self._next_mid(), topics, self._greeting.version))

    def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool = False) -> int | None:
        """Say something; the number under which it is confirmed, None at QoS 0."""
        mid = self._next_mid() if qos else None
        packet = packets.publish(
            topic, payload, mid=mid, retain=retain, version=self._greeting.version
        )
        if mid is None:
            self._write(packet)
        elif len(self._inflight) < self._receive_max:
            self._inflight.add(mid)
            self._write(packet)
        else:
            self._waiting.append((mid, packet))
        return mid

    def leave(self) -> None:
        """Say goodbye: the broker keeps the will to itself."""
        self._corked = False
        self._write(packets.DISCONNECT)
        self._lose("left")

    def cut(self) -> None:
        """Lose the line without a goodbye, as when a cable is pulled."""
        self._lose("cut")

    def _next_mid(self) -> int:
        self._mid = self._mid % 65_535 + 1
        return self._mid

    def _readable(self) -> None:
        try:
            if self._shaking:
                self._shake_hands()
                return
            while self._sock is not None:
                chunk = self._sock.recv(RECEIVE_BYTES)
                if not chunk:
                    self._lose("closed by the broker")
                    return
                self._heard = True
                self._in += chunk
                self._corked = True  # what these packets make us say goes out together
                self._take_packets()
                self._corked = False
                self._flush_now()
        except _BLOCKED:
            return
        except (OSError, PacketError, UnicodeDecodeError) as error:
            self._lose(str(error))

    def _writable(self) -> None:
        try:
            if self._shaking:
                self._shake_hands()
            else:
                self._flush()
        except OSError as error:
            self._lose(str(error))

    def _shake_hands(self) -> None:
        """TLS: begins once TCP stands, and goes on whenever the other end has said its part."""
        sock = self._sock
        assert sock is not None
        if not isinstance(sock, ssl.SSLSocket):
            if code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(code, os.strerror(code))
            sock = _context(self._broker).wrap_socket(
                sock, server_hostname=self._broker.host, do_handshake_on_connect=False
            )
            self._sock = sock
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            self._want_write(wanted=False)
        except ssl.SSLWantWriteError:
            self._want_write(wanted=True)
        else:
            self._shaking = False
            self._flush()

    def _take_packets(self) -> None:
        while self._sock is not None and (packet := packets.take(self._in)) is not None:
            self._serve(packet)

    def _serve(self, packet: Packet) -> None:
        match packet.kind:
            case Kind.PUBLISH:
                told = packets.read_publish(packet, self._greeting.version)
                self._ears.heard(told.topic, told.payload)
                if told.mid is not None:
                    self._write(packets.puback(told.mid))
            case Kind.PUBACK:
                self._confirm(packets.read_mid(packet.body))
            case Kind.CONNACK:
                self._enter(packets.read_welcome(packet.body, self._greeting.version))
            case Kind.DISCONNECT:
                self._lose(f"the broker disconnects: {packets.read_reason(packet.body):#04x}")
            case Kind.SUBACK | Kind.PINGRESP:
                pass
            case _:
                raise PacketError(f"packet {packet.kind}: not for a client")

    def _enter(self, welcome: packets.Welcome) -> None:
        if welcome.reason:
            self._lose(f"not let in: {welcome.reason:#04x}")
            return
        self._timeout.cancel()
        self._receive_max = min(welcome.receive_max, packets.RECEIVE_MAX)
        self._look_after()
        self._ears.welcomed()

    def _confirm(self, mid: int) -> None:
        self._inflight.discard(mid)
        while self._waiting and len(self._inflight) < self._receive_max:
            number, packet = self._waiting.popleft()
            self._inflight.add(number)
            self._write(packet)
        self._ears.confirmed(mid)

    def _look_after(self) -> None:
        """Half of the keep-alive without a word from either end: say that we are there, and ask.
        Without one since we asked: nobody is, whatever TCP believes."""
        if self._asked and not self._heard:
            self._lose("the broker does not answer")
            return
        self._asked = self._quiet or not self._heard
        if self._asked:
            self._write(packets.PINGREQ)
        self._quiet, self._heard = True, False
        self._keepalive = self._reactor.after(self._greeting.keepalive_s / 2, self._look_after)

    def _write(self, packet: bytes) -> None:
        if self._sock is None:
            return
        self._quiet = False
        self._out += packet
        if not self._corked:
            self._flush_now()

    def _flush_now(self) -> None:
        if self._wants_write:
            return  # the reactor will
        try:
            self._flush()
        except OSError as error:
            self._lose(str(error))

    def _flush(self) -> None:
        """Send what there is; what the socket does not take waits until it does."""
        sock = self._sock
        while sock is not None and self._out:
            try:
                del self._out[: sock.send(self._out)]
            except _BLOCKED:
                break
        self._want_write(wanted=bool(self._out))

    def _want_write(self, *, wanted: bool) -> None:
        if wanted != self._wants_write and self._sock is not None:
            self._wants_write = wanted
            self._reactor.want_write(self._sock, wanted=wanted)

    def _lose(self, why: str) -> None:
        sock, self._sock = self._sock, None
        if sock is None:
            return
        self._timeout.cancel()
        if self._keepalive is not None:
            self._keepalive.cancel()
        self._reactor.unwatch(sock)
        with suppress(OSError):
            sock.close()
        self._ears.lost(why)


def _dialled(broker: Broker, version: int) -> socket.socket:
    """A socket on its way to the broker."""
    port = (broker.port_v5 if version == 5 else None) or broker.port
    family, address = _address(broker.host, port)
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)
    # Small frames and their answers would wait for each other's delayed TCP acknowledgements.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = sock.connect_ex(address)
    if code and code not in _UNDER_WAY:
        sock.close()
        raise OSError(code, os.strerror(code))
    return sock


@cache
def _address(host: str, port: int) -> tuple[int, tuple[str, int]]:
    """Where the broker is; looked up once a run."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return family, (str(address[0]), int(address[1]))


@cache
def _context(broker: Broker) -> ssl.SSLContext:
    assert broker.tls is not None
    return ssl.create_default_context(cafile=broker.tls.ca_file)
