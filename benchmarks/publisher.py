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


def publish(port: int, machines: Sequence[Machine], gate: Gate) -> None:
    """Log all machines in, and once told to, send at QoS 0 as fast as the broker takes it."""
    links = [_connected(port, machine) for machine in machines]
    packets = [_packets(machine) for machine in machines]
    gate.ready.set()
    gate.go.wait()
    for begin in range(0, len(packets[0]), _STRIDE):
        for link, own in zip(links, packets, strict=True):
            link.sendall(b"".join(own[begin : begin + _STRIDE]))
    # A closed socket would discard what the broker has not yet read.
    gate.done.wait()


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


def _packets(machine: Machine) -> list[bytes]:
    topic = machine.topic
    head = _field(topic.encode())
    return [_packet(0x30, head + seal(machine.key, topic, body)) for body in machine.bodies]


def _packet(kind: int, content: bytes) -> bytes:
    left, digits = len(content), bytearray()
    while left > 0x7F:
        digits.append(left & 0x7F | 0x80)
        left >>= 7
    digits.append(left)
    return bytes([kind]) + bytes(digits) + content


def _field(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content
