"""One device's MQTT connection, driven by the fleet's reactor; opened again whenever it is lost.

Each connection is a new client over the same persistent session: what was in flight is sent again
from flash, never from the memory of a client, so an old presence cannot overtake a new one.
"""

import logging
import socket
from contextlib import suppress
from random import Random
from typing import Any, Protocol

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tapline_gateway.protocol import (
    Message,
    PresenceState,
    ProtocolError,
    State,
    Topic,
    decode,
    encode,
    format_ts,
    open_frame,
    seal,
)
from tapline_sim.device_clock import DeviceClock
from tapline_sim.reactor import Reactor, Timer
from tapline_sim.scenario import Broker, DeviceSpec

log = logging.getLogger(__name__)

SESSION_S = 7 * 24 * 3600
KEEPALIVE_S = 30
MISC_EVERY_S = 5.0
CONNECT_TIMEOUT_S = 2.0
BACKOFF_MAX_S = 30.0
RESTART_S = 1.0


class Owner(Protocol):
    """Whose connection it is."""

    def came_online(self) -> None:
        """Called after each connect, subscribed and announced."""

    def went_offline(self) -> None:
        """Called after each loss of an established connection."""

    def received(self, message: Message) -> None:
        """Called with each message that the platform has signed for this device."""


class Connection:
    """`refused` counts the frames that were not signed for this device, or made no sense."""

    def __init__(
        self,
        *,
        tenant: str,
        spec: DeviceSpec,
        broker: Broker,
        boot: int,
        clock: DeviceClock,
        reactor: Reactor,
        chance: Random,
        owner: Owner,
    ) -> None:
        self._tenant = tenant
        self._spec = spec
        self._broker = broker
        self._boot = boot
        self._clock = clock
        self._reactor = reactor
        self._chance = chance
        self._owner = owner
        self._client: Client | None = None
        self._misc: Timer | None = None
        self._conn = 0
        self._failures = 0
        self._leaving = False
        self._cut = False
        self._farewell: int | None = None
        self.online = False
        self.refused = 0

    def open(self) -> None:
        """Connect; on failure try again, later each time. The TCP handshake alone blocks."""
        if self._leaving or self._cut or self._client is not None:
            return
        self._conn += 1
        client = self._new_client()
        self._client = client
        self._misc = self._reactor.after(MISC_EVERY_S, self._look_after)
        try:
            client.reconnect()
        except OSError as error:
            log.info("%s cannot connect: %s", self._spec.device_id, error)
            self._lost(client)

    def publish(self, message: Message) -> bytes | None:
        """Sign and send a message; the frame, or None while offline: then it was not sent."""
        if not self.online or self._client is None:
            return None
        frame = self._frame(message)
        self._client.publish(self._topic(message), frame, qos=message.QOS, retain=message.RETAINED)
        return frame

    def cut(self) -> None:
        """Lose the line without a goodbye, and have none until it is mended."""
        self._cut = True
        line = None if self._client is None else self._client.socket()
        if isinstance(line, socket.socket):
            with suppress(OSError):  # it may have broken by itself
                line.shutdown(socket.SHUT_RDWR)  # the reactor reads its end as any other loss

    def mend(self) -> None:
        """The line is back: connect again at once."""
        if self._cut:
            self._cut = False
            self.open()

    def start_anew(self, boot: int) -> None:
        """Lose the line as a restart does, and connect again as another boot."""
        self.cut()
        self._boot, self._conn = boot, 0
        self._reactor.after(RESTART_S, self.mend)

    def leave(self) -> None:
        """Say goodbye and disconnect; `gone` once that is done."""
        self._leaving = True
        client, farewell = self._client, self._presence(PresenceState.OFFLINE)
        if client is None:
            return
        if not self.online:
            client.disconnect()
            return
        client.on_publish = lambda *event: self._said(event[2])
        topic, frame = self._topic(farewell), self._frame(farewell)
        self._farewell = client.publish(topic, frame, qos=1, retain=True).mid

    @property
    def gone(self) -> bool:
        """Whether the connection was left and nothing of it remains."""
        return self._leaving and self._client is None

    def _new_client(self) -> Client:
        spec, broker = self._spec, self._broker
        five = spec.mqtt_version == 5
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=spec.device_id,
            clean_session=None if five else False,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(spec.username, spec.password)
        client.connect_timeout = CONNECT_TIMEOUT_S
        will = self._presence(PresenceState.LOST)
        client.will_set(self._topic(will), self._frame(will), qos=1, retain=True)
        client.on_connect = self._connected
        client.on_disconnect = lambda lost, *_: self._lost(lost)
        client.on_message = self._received
        client.on_socket_open = lambda opened, _userdata, sock: self._opened(opened, sock)
        client.on_socket_close = lambda *event: self._reactor.unwatch(event[2])
        client.on_socket_register_write = lambda *event: self._want_write(event[2], wanted=True)
        client.on_socket_unregister_write = lambda *event: self._want_write(event[2], wanted=False)
        port = (broker.port_v5 if five else None) or broker.port
        if five:
            session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            session.SessionExpiryInterval = SESSION_S
            client.connect_async(
                broker.host, port, KEEPALIVE_S, clean_start=False, properties=session
            )
        else:
            client.connect_async(broker.host, port, KEEPALIVE_S)
        return client

    def _connected(
        self, client: Client, _userdata: Any, _flags: Any, reason: ReasonCode, *_: Any
    ) -> None:
        if reason.is_failure:
            log.warning("%s is not let in: %s", self._spec.device_id, reason)
            return  # the broker closes the connection, and `_lost` follows
        self._failures = 0
        self.online = True
        client.subscribe(f"{Topic(self._tenant, self._spec.device_id, 'dn')}/#", qos=1)
        self.publish(self._presence(PresenceState.ONLINE))
        self._owner.came_online()

    def _received(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = Topic.parse(message.topic)
            body = open_frame(self._spec.key, message.topic, bytes(message.payload))
            said = decode(topic.name, body)
        except ProtocolError as error:
            self.refused += 1
            log.warning("%s ignores a frame: %s", self._spec.device_id, error)
            return
        self._owner.received(said)

    def _said(self, mid: int) -> None:
        if self._client is not None and mid == self._farewell:
            self._client.disconnect()

    def _lost(self, client: Client) -> None:
        if client is not self._client:
            return
        self._drop()
        if not self._leaving and not self._cut:
            self._failures += 1
            longest_s = min(BACKOFF_MAX_S, 2.0 ** min(self._failures, 5))
            self._reactor.after(self._chance.uniform(0.5, 1) * longest_s, self.open)

    def _drop(self) -> None:
        self._client = None
        if self._misc is not None:
            self._misc.cancel()
        if self.online:
            self.online = False
            self._owner.went_offline()

    def _look_after(self) -> None:
        """Keep the connection alive, and notice when it is not."""
        client = self._client
        if client is not None:
            self._misc = self._reactor.after(MISC_EVERY_S, self._look_after)
            client.loop_misc()

    def _opened(self, client: Client, sock: Any) -> None:
        # Small frames and their answers would wait for each other's delayed TCP acknowledgements.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reactor.watch(sock, client.loop_read, client.loop_write)

    def _want_write(self, sock: Any, *, wanted: bool) -> None:
        self._reactor.want_write(sock, wanted=wanted)

    def _presence(self, state: PresenceState) -> State:
        return State(s=state, boot=self._boot, conn=self._conn, ts=format_ts(self._clock.now()))

    def _topic(self, message: Message) -> str:
        return str(Topic(self._tenant, self._spec.device_id, message.NAME))

    def _frame(self, message: Message) -> bytes:
        return seal(self._spec.key, self._topic(message), encode(message))
