"""Dispensers that do nothing but talk: MQTT 3.1.1 over bare sockets, so that what a client library
costs is not measured with what it feeds.
"""

import socket
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from typing import NamedTuple

from tapline_gateway.protocol import Topic, seal

_STRIDE = 50
"""Messages of one device before it is the next one's turn."""
_PUBACK_BYTES = 4


class Machine(NamedTuple):
    """A dispenser: where it belongs, how it logs in and signs, what it will say."""

    tenant_id: str
    device_id: str
    password: str
    key: bytes
    bodies: Sequence[bytes]

    @property
    def topic(self) -> str:
        return str(Topic(self.tenant_id, self.device_id, "up/tele"))


class Gate(NamedTuple):
    """Between a publisher process and whoever times it."""

    ready: Event
    go: Event
    done: Event


def publish(port: int, machines: Sequence[Machine], gate: Gate, qos: int = 0) -> None:
    """Log all machines in, and once told to, send as fast as the broker takes it.

    At QoS 1 a machine waits for what it sent before the last stride to be acknowledged.
    """
    links = [_connected(port, machine) for machine in machines]
    packets = [_packets(machine, qos) for machine in machines]
    gate.ready.set()
    gate.go.wait()
    unconfirmed = dict.fromkeys(links, 0)
    for begin in range(0, len(packets[0]), _STRIDE):
        for link, own in zip(links, packets, strict=True):
            stride = own[begin : begin + _STRIDE]
            link.sendall(b"".join(stride))
            unconfirmed[link] += len(stride) * _PUBACK_BYTES if qos else 0
            _confirm(link, unconfirmed, down_to=_STRIDE * _PUBACK_BYTES)
    for link in links:
        _confirm(link, unconfirmed, down_to=0)
    # A closed socket would discard what the broker has not yet read.
    gate.done.wait()


def _confirm(link: socket.socket, unconfirmed: dict[socket.socket, int], *, down_to: int) -> None:
    while unconfirmed[link] > down_to:
        heard = len(link.recv(65_536))
        if heard == 0:
            raise ConnectionError("the broker hung up on a machine")
        unconfirmed[link] -= heard


def _connected(port: int, machine: Machine) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port))
    clean_with_login, keepalive_off = b"\xc2", b"\x00\x00"
    words = (machine.device_id, machine.device_id, machine.password)
    login = b"".join(_field(word.encode()) for word in words)
    link.sendall(
        _packet(0x10, _field(b"MQTT") + b"\x04" + clean_with_login + keepalive_off + login)
    )
    answer = link.recv(4)
    if answer != b"\x20\x02\x00\x00":
        raise ConnectionError(f"the broker refused {machine.device_id}: {answer!r}")
    return link


def _packets(machine: Machine, qos: int) -> list[bytes]:
    topic = machine.topic
    head, kind = _field(topic.encode()), 0x30 | qos << 1
    return [
        _packet(kind, head + _mid(number, qos) + seal(machine.key, topic, body))
        for number, body in enumerate(machine.bodies)
    ]


def _mid(number: int, qos: int) -> bytes:
    return (1 + number % 0xFFFF).to_bytes(2, "big") if qos else b""


def _packet(kind: int, content: bytes) -> bytes:
    left, digits = len(content), bytearray()
    while left > 0x7F:
        digits.append(left & 0x7F | 0x80)
        left >>= 7
    digits.append(left)
    return bytes([kind]) + bytes(digits) + content


def _field(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content
