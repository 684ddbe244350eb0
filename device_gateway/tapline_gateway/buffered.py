"""paho with a read buffer, and without the search for callbacks that nobody registered.

paho takes a packet off the socket in four reads, three of them for single bytes; at thousands of
messages a second these are most of what it costs. Here it is given bytes that were read at once.
Should another version of paho no longer read through `_sock_recv`, it works as before, slower.
"""

import socket
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode

_CHUNK_BYTES = 65_536


class BufferedClient(Client):
    """A client that may hold packets which no longer wait in the socket: ask `has_unread`."""

    _unread = b""
    _at = 0

    @property
    def has_unread(self) -> bool:
        """Whether `loop_read` has work although the socket may have none."""
        return self._at < len(self._unread)

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
