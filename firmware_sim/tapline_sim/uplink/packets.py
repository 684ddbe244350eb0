"""MQTT packets, so much of 3.1.1 and of 5 as a dispenser speaks: bytes in, values out.

Sources: OASIS "MQTT Version 3.1.1" and "MQTT Version 5.0"; section numbers are those of the latter.
A client of our own keeps ten thousand dispensers in one process within a few KiB each.
"""

import struct
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """Control packets (2.1.2)."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBSCRIBE = 8
    SUBACK = 9
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class PacketError(Exception):
    """Bytes that are no MQTT: the connection is of no use any more."""


class Packet(NamedTuple):
    """One packet off the wire: what follows its fixed header."""

    kind: int
    flags: int
    body: bytes


class Greeting(NamedTuple):
    """What a client says of itself when it connects. `version` is 4 or 5; with `session_s` the
    broker keeps its session so long (in 3.1.1: for ever), without it forgets it at once."""

    client_id: str
    username: str
    password: str
    version: int
    keepalive_s: int
    session_s: int
    will: tuple[str, bytes] | None = None
    """Topic and payload; retained, QoS 1."""


class Welcome(NamedTuple):
    """The broker's answer: reason 0 lets in, and so many QoS 1 messages may be under way."""

    reason: int
    receive_max: int


class Delivery(NamedTuple):
    """A message from the broker; `mid` is None at QoS 0."""

    topic: str
    payload: bytes
    mid: int | None


PINGREQ = bytes([Kind.PINGREQ << 4, 0])
DISCONNECT = bytes([Kind.DISCONNECT << 4, 0])
RECEIVE_MAX = 20
"""So many are under way where a broker of 3.1.1 does not say: Mosquitto's own choice."""

_SESSION_EXPIRY, _RECEIVE_MAXIMUM = 0x11, 0x21
_WILL, _WILL_QOS1, _WILL_RETAIN = 0x04, 0x08, 0x20
_CLEAN, _NAMED, _PROVED = 0x02, 0x80, 0x40
_PROPERTY_BYTES = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4),
}
"""Properties of a fixed length (2.2.2.2); those that are text carry theirs."""
_TEXTS = {0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F}
_PAIR = 0x26


def connect(greeting: Greeting) -> bytes:
    """3.1: with a will where there is one."""
    five = greeting.version == 5
    flags = _NAMED | _PROVED | (0 if greeting.session_s else _CLEAN)
    will = b""
    if greeting.will is not None:
        flags |= _WILL | _WILL_QOS1 | _WILL_RETAIN
        topic, payload = greeting.will
        will = (b"\x00" if five else b"") + _text(topic) + _blob(payload)
    kept = struct.pack(">BI", _SESSION_EXPIRY, greeting.session_s) if greeting.session_s else b""
    properties = bytes([len(kept)]) + kept if five else b""
    head = _text("MQTT") + struct.pack(">BBH", greeting.version, flags, greeting.keepalive_s)
    who = _text(greeting.client_id) + will + _text(greeting.username) + _text(greeting.password)
    return _packet(Kind.CONNECT, 0, head + properties + who)


def subscribe(mid: int, topics: list[str], version: int) -> bytes:
    """3.8: each at QoS 1."""
    properties = b"\x00" if version == 5 else b""
    wanted = b"".join(_text(topic) + b"\x01" for topic in topics)
    return _packet(Kind.SUBSCRIBE, 2, struct.pack(">H", mid) + properties + wanted)


def publish(topic: str, payload: bytes, *, mid: int | None, retain: bool, version: int) -> bytes:
    """3.3: at QoS 1 under a `mid`, at QoS 0 without one."""
    flags = (0 if mid is None else 2) | int(retain)
    number = b"" if mid is None else struct.pack(">H", mid)
    properties = b"\x00" if version == 5 else b""
    return _packet(Kind.PUBLISH, flags, _text(topic) + number + properties + payload)


def puback(mid: int) -> bytes:
    """3.4: received."""
    return _packet(Kind.PUBACK, 0, struct.pack(">H", mid))


def take(buffer: bytearray) -> Packet | None:
    """Cut the first whole packet off `buffer`; None while it is not all there."""
    length, at = 0, 1
    while True:
        if at >= len(buffer):
            return None
        length |= (buffer[at] & 0x7F) << (7 * (at - 1))
        at += 1
        if not buffer[at - 1] & 0x80:
            break
        if at > 4:
            raise PacketError("a length of more than four bytes")
    if len(buffer) < at + length:
        return None
    packet = Packet(buffer[0] >> 4, buffer[0] & 0x0F, bytes(buffer[at : at + length]))
    del buffer[: at + length]
    return packet


def read_welcome(body: bytes, version: int) -> Welcome:
    """What a CONNACK says (3.2)."""
    if len(body) < 2:
        raise PacketError("a CONNACK of less than two bytes")
    receive_max = RECEIVE_MAX
    if version == 5:
        receive_max = _properties(body[2:]).get(_RECEIVE_MAXIMUM, 65_535)
    return Welcome(body[1], receive_max)


def read_publish(packet: Packet, version: int) -> Delivery:
    """What a PUBLISH brings (3.3); we ask for no more than QoS 1."""
    body = packet.body
    size = _number(body, 0)
    topic, at = body[2 : 2 + size].decode("utf-8", "replace"), 2 + size
    mid = None
    if packet.flags & 0x06:
        mid, at = _number(body, at), at + 2
    if version == 5:
        length, start = _length(body, at)
        at = start + length
    return Delivery(topic, body[at:], mid)


def read_mid(body: bytes) -> int:
    """The number that a PUBACK or a SUBACK names."""
    return _number(body, 0)


def read_reason(body: bytes) -> int:
    """Why the broker disconnects (3.14); 0 where it does not say."""
    return body[0] if body else 0


def _properties(raw: bytes) -> dict[int, int]:
    """Those that are numbers."""
    length, at = _length(raw, 0)
    end, found = at + length, {}
    if end > len(raw):
        raise PacketError("properties that are cut off")
    while at < end:
        name, at = raw[at], at + 1
        if name in _PROPERTY_BYTES:
            size = _PROPERTY_BYTES[name]
            found[name] = int.from_bytes(raw[at : at + size], "big")
            at += size
        elif name in _TEXTS or name == _PAIR:
            for _ in range(2 if name == _PAIR else 1):
                at += 2 + _number(raw, at)
        else:
            raise PacketError(f"property 0x{name:02x}: not known")
    return found


def _length(raw: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer (1.5.5), and where it ends."""
    value = 0
    for place in range(4):
        if at + place >= len(raw):
            break
        value |= (raw[at + place] & 0x7F) << (7 * place)
        if not raw[at + place] & 0x80:
            return value, at + place + 1
    raise PacketError("a length that does not end")


def _number(raw: bytes, at: int) -> int:
    if len(raw) < at + 2:
        raise PacketError("a number that is cut off")
    return raw[at] << 8 | raw[at + 1]


def _text(text: str) -> bytes:
    return _blob(text.encode())


def _blob(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw


def _packet(kind: Kind, flags: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = left >> 7, left & 0x7F
        length.append(digit | (0x80 if left else 0))
        if not left:
            return bytes([kind << 4 | flags]) + bytes(length) + body
