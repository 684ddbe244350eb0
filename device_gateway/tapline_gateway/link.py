"""One MQTT connection, driven by the thread that owns it: read, batch, commit, acknowledge.

paho acknowledges twice as dearly from another thread than from its own, so nobody else touches
the client: `poll` moves bytes both ways, `ack` and `publish` queue what the next move sends.
"""

import logging
import select
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tapline_gateway.buffered import BufferedClient

log = logging.getLogger(__name__)

_RETRY_S_MIN = 0.2
_RETRY_S_MAX = 10.0
_READS_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """Where the broker is and who we are there. The session under `client_id` is persistent."""

    host: str
    port: int
    username: str
    password: str
    client_id: str
    keepalive_s: int = 30
    tells_apart: bool = True
    """Whether the broker holds each machine to topics of its own. Where it does not, only what a
    machine signs says who spoke."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message off the wire; `session` is the connection that it must be acknowledged on."""

    topic: str
    payload: bytes
    retained: bool
    qos: int
    mid: int
    session: int
    at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    """When it was read off the wire, ms since 1970."""


class Link:
    """Keeps one persistent MQTT 3.1.1 session open and subscribed.

    After a broken connection `poll` reconnects by itself, waiting 0.2 to 10 s; the broker then
    delivers again what was not acknowledged.
    """

    def __init__(self, config: MqttConfig, subscriptions: Sequence[tuple[str, int]]) -> None:
        self._config = config
        self._subscriptions = list(subscriptions)
        self._arrived: list[Arrival] = []
        self._session = 0
        self._retry_s = _RETRY_S_MIN
        self._retry_at = 0.0
        self._client = self._new_client()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us."""
        return self._client.is_connected()

    @property
    def session(self) -> int:
        """How often the broker has accepted us."""
        return self._session

    def poll(self, timeout_s: float, *, most: int = 500) -> list[Arrival]:
        """Wait up to `timeout_s` for messages and take at most `most` of them."""
        if self._client.socket() is None:
            self._reconnect(timeout_s)
        else:
            self._move(timeout_s, most)
        # paho reads on for as long as it waits for acknowledgements.
        taken, self._arrived = self._arrived[:most], self._arrived[most:]
        return taken

    def ack(self, arrivals: Iterable[Arrival]) -> None:
        """Acknowledge in the given order; those of an earlier connection will come again."""
        self._client.ack_all(
            one.mid for one in arrivals if one.qos and one.session == self._session
        )

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> None:
        """Send, or keep until connected. Delivery is the device's word, not the broker's."""
        self._client.publish(topic, payload, qos=qos)

    def drop(self) -> None:
        """Cut the connection without a goodbye, and wait a little before the next: whatever was
        not acknowledged comes again."""
        self._arrived = []
        self._back_off()
        if (sock := self._client.socket()) is not None:
            sock.close()
        self._client.loop_misc()
        self._client = self._new_client()

    def close(self) -> None:
        """Say goodbye; the broker keeps the session."""
        self._client.disconnect()
        self._client.loop_write()

    def _new_client(self) -> BufferedClient:
        client = BufferedClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._config.client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._config.username, self._config.password)
        client.max_inflight_messages_set(0)  # Unlimited: the release window is the device's own.
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _reconnect(self, timeout_s: float) -> None:
        wait_s = self._retry_at - time.monotonic()
        if wait_s > 0:
            time.sleep(min(wait_s, timeout_s))
            return
        try:
            self._client.connect(
                self._config.host, self._config.port, keepalive=self._config.keepalive_s
            )
            self._client.send_at_once()
        except OSError as error:
            log.warning("broker away, next try in %.1f s: %s", self._retry_s, error)
            self._back_off()

    def _back_off(self) -> None:
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(self._retry_s * 2, _RETRY_S_MAX)

    def _move(self, timeout_s: float, most: int) -> None:
        sock = self._client.socket()
        assert sock is not None
        writing = [sock] if self._client.want_write() else []
        timeout_s = 0 if self._arrived or self._client.has_unread else timeout_s
        try:
            readable, writable, _ = select.select([sock], writing, [], timeout_s)
        except (OSError, ValueError):
            self._lost("the socket is gone")
            return
        if readable or self._client.has_unread:
            self._read(most)
        if writable or self._client.want_write():
            self._check(self._client.loop_write())
        self._check(self._client.loop_misc())

    def _read(self, most: int) -> None:
        """Read until nothing more is there: one packet a call is all that paho takes, the next
        ones are mostly messages that need no paho."""
        for _ in range(_READS_MAX):
            before = len(self._arrived)
            if before >= most:
                return
            self._check(self._client.loop_read())
            for one in self._client.published(most - len(self._arrived)):
                self._arrive(*one)
            if len(self._arrived) == before and not self._client.has_unread:
                return

    def _check(self, code: MQTTErrorCode) -> None:
        if code not in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN}:
            self._lost(str(code))

    def _lost(self, why: str) -> None:
        log.warning("broker connection lost: %s", why)
        self.drop()

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.error("the broker refuses us: %s", reason)
            self._back_off()
            return
        self._session += 1
        self._retry_s = _RETRY_S_MIN
        if self._subscriptions:
            client.subscribe(self._subscriptions)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._arrive(
            message._topic, bytes(message.payload), message.retain, message.qos, message.mid
        )

    def _arrive(self, name: bytes, payload: bytes, retained: bool, qos: int, mid: int) -> None:
        try:
            topic = name.decode()
        except UnicodeDecodeError:
            # No broker lets such a topic through; without a topic there is nobody to answer.
            topic = ""
        self._arrived.append(Arrival(topic, payload, retained, qos, mid, self._session))
