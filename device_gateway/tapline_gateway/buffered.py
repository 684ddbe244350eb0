"""paho with a read buffer, and a short way through it for what comes by the thousand.

paho takes a packet off the socket in four reads, three of them for single bytes, and sends every
acknowledgement by itself; at thousands of messages a second these are most of what it costs. Here
it is given bytes that were read at once; whole messages among them are taken past it, and
acknowledged in one piece. Everything else, and every packet that is not whole or not right, is
paho's.
"""

import socket
import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

_CHUNK_BYTES = 65_536


_PUBLISH, _PUBACK = 0x30, 0x40
_KIND, _QOS, _RETAINED, _MORE = 0xF0, 0x06, 0x01, 0x80
_LENGTH_DIGITS_MAX = 4
_ACKNOWLEDGEMENT = struct.Struct("!BBH")


class Published(NamedTuple):
    """One message as it came; `mid` is 0 at QoS 0."""

    topic: bytes
    payload: bytes
    retained: bool
    qos: int
    mid: int


class BufferedClient(Client):
    """A client of MQTT 3.1.1 that may hold packets which no longer wait in the socket: ask
    `has_unread`."""

    _unread = b""
    _at = 0

    @property
    def has_unread(self) -> bool:
        """Whether `loop_read` has work although the socket may have none."""
        return self._at < len(self._unread)

    def published(self, most: int) -> list[Published]:
        """Up to `most` messages, of those that come next and are whole in the buffer. None while
        paho is in the middle of a packet."""
        taken: list[Published] = []
        while not self._in_packet["command"] and len(taken) < most:
            found = _message_at(self._unread, self._at)
            if found is None:
                break
            message, self._at = found
            taken.append(message)
        return taken

    def ack_all(self, mids: Iterable[int]) -> None:
        """Acknowledge these of QoS 1, in their order and in one piece."""
        packets = [_ACKNOWLEDGEMENT.pack(_PUBACK, 2, mid) for mid in mids]
        if packets:
            self._packet_queue(_PUBACK, b"".join(packets), 0, 0)

    def connect(self, *args: Any, **kwargs: Any) -> MQTTErrorCode:
        """As paho's; what the last connection left behind is not the new one's."""
        self._unread, self._at = b"", 0
        return super().connect(*args, **kwargs)

    def send_at_once(self) -> None:
        """Turn Nagle's algorithm off: small packets go both ways, and it would hold each of ours
        for the peer's delayed acknowledgement, some 40 ms."""
        if isinstance(self._sock, socket.socket):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _handle_on_message(self, message: MQTTMessage) -> None:
        """Hand the message over at once: paho would look for callbacks by topic, of which there
        are none, at a tenth of what a message costs."""
        if self.on_message is not None:
            self.on_message(self, None, message)

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self.has_unread:
            self._unread, self._at = super()._sock_recv(_CHUNK_BYTES), 0
        piece = self._unread[self._at : self._at + bufsize]
        self._at += len(piece)
        return piece


def _message_at(data: bytes, at: int) -> tuple[Published, int] | None:
    """The message of QoS 0 or 1 that begins at `at`, and where the next packet does; None where
    there is another packet, half a one, or one that is not right (MQTT 3.1.1, 2.2 and 3.3)."""
    if len(data) < at + 2 or data[at] & _KIND != _PUBLISH:
        return None
    qos, length, begin = (data[at] & _QOS) >> 1, 0, at + 1
    for digit in data[begin : begin + _LENGTH_DIGITS_MAX]:
        length |= (digit & ~_MORE) << 7 * (begin - at - 1)
        begin += 1
        if digit < _MORE:
            break
    end = begin + length
    if data[begin - 1] >= _MORE or length < 2 or end > len(data) or qos > 1:
        return None
    body = begin + 2 + (data[begin] << 8 | data[begin + 1])
    content = body + 2 * qos
    if content > end:
        return None
    mid = data[body] << 8 | data[body + 1] if qos else 0
    retained = bool(data[at] & _RETAINED)
    return Published(data[begin + 2 : body], data[content:end], retained, qos, mid), end
