"""A small MQTT client for tests: it remembers what happened to it, and waits for conditions."""

import time
from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

DEADLINE_S = 15


class MqttClient:
    """One client with its own thread until closed; a `persevering` one connects again. A session
    of MQTT 5 outlives its connection by `expiry_s`."""

    def __init__(
        self,
        port: int,
        username: str,
        password: str,
        *,
        version: int = 4,
        client_id: str = "",
        persevering: bool = False,
        expiry_s: int = 0,
    ) -> None:
        protocol = MQTTProtocolVersion.MQTTv5 if version == 5 else MQTTProtocolVersion.MQTTv311
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or username,
            protocol=protocol,
            reconnect_on_failure=persevering,
        )
        self._client.username_pw_set(username, password)
        self.connects: list[str] = []
        self.disconnects = 0
        self.received: list[tuple[str, bytes]] = []
        self._done: dict[int, str] = {}
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_done
        self._client.on_subscribe = self._on_done
        self._client.connect("127.0.0.1", port, **_session(expiry_s))
        self._client.loop_start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        # Who was refused and has just tried again still has a connection open.
        left = self._client.socket()
        if left is not None:
            left.close()

    @property
    def accepted(self) -> bool:
        """Whether the broker let us in; waits for its word."""
        until(lambda: bool(self.connects))
        return self.connects[0] == "Success"

    def subscribe(self, topic: str) -> None:
        """Subscribe at QoS 1 and wait for the answer."""
        assert self.accepted
        _, mid = self._client.subscribe(topic, qos=1)
        until(lambda: mid in self._done)

    def publish(self, topic: str, payload: bytes = b"x") -> str:
        """Publish at QoS 1, wait for the acknowledgement and return its reason."""
        assert self.accepted
        mid = self._client.publish(topic, payload, qos=1).mid
        until(lambda: mid in self._done)
        return self._done[mid]

    def topics(self) -> list[str]:
        """What arrived, without the contents."""
        return [topic for topic, _ in self.received]

    def _on_connect(self, *args: Any) -> None:
        self.connects.append(str(args[3]))

    def _on_disconnect(self, *_: Any) -> None:
        self.disconnects += 1

    def _on_message(self, _client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))

    def _on_done(self, *args: Any) -> None:
        mid, reason = args[2], args[3]
        self._done[mid] = str(reason[0] if isinstance(reason, list) else reason)


def until(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    """Wait for `condition`, a bounded time."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.02)


def _session(expiry_s: int) -> dict[str, Any]:
    if not expiry_s:
        return {}
    wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    wanted.SessionExpiryInterval = expiry_s
    return {"clean_start": False, "properties": wanted}
