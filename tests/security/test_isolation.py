"""One device cannot read, write, spoof or silence another, whichever MQTT version it speaks."""

import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tapline import devices
from tapline.devices import Presence
from tapline.errors import InvalidError
from tests import factories
from tests.gateway.boxes import refusals
from tests.gateway.conftest import CARD, Bench, Newcomer
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger, pour
from tests.integration.ops.mqtt import MqttClient


class Two(NamedTuple):
    """A, who is hostile, and B, who only wants to work."""

    a: Stranger
    b: Stranger

    @property
    def names(self) -> tuple[str, str]:
        return self.a.root.rpartition("/")[2], self.b.root.rpartition("/")[2]


@pytest.fixture(params=[False, True], ids=["mqtt-3.1.1", "mqtt-5"])
def two(running: Bench, newcomer: Newcomer, request: pytest.FixtureRequest) -> Two:
    a = newcomer(f"A-{secrets.token_hex(4)}", v5=request.param)
    b = newcomer(f"B-{secrets.token_hex(4)}", v5=request.param)
    return Two(a, b)


@pytest.fixture
def pouring(two: Two) -> Iterator[Two]:
    """At the end B pours, and it was poured once: nothing of A's stood in its way."""
    yield two
    two.b.pour(pour(1, CARD, before=10_000))
    assert two.b.released(1) == {}
    assert (two.a.forged, two.b.forged) == (0, 0)


def works(device: Stranger) -> None:
    device.hello()
    device.heard("dn/ack", stream="txn")


def test_what_a_device_publishes_in_anothers_branch_reaches_nobody(
    running: Bench, pouring: Two
) -> None:
    a, b = pouring
    spoken = pour(1, CARD, before=10_000, amt=5_000)
    body = b'{"v":1,"boot":1,"facts":[]}'
    for topic in (f"{b.root}/up/txn", f"{b.root}/st", f"{b.root}/dn/ack", "tl1/demo/X/up/txn"):
        for key in (a.key, b.key):  # even with the other's key
            a.say_raw(topic, a.sealed(topic, body, key))
            a.say_raw(topic, a.sealed(topic, body, key), retain=True)
    stolen = Stranger.sealed(a, f"{a.root}/up/txn", b"{}")
    a.say_raw(f"{b.root}/up/txn", stolen)
    other = a.root.replace("/demo/", "/other/")
    a.say_raw(f"{other}/up/txn", a.sealed(f"{other}/up/txn", body))
    works(a)

    assert refusals(running) == [], "the broker let none of it pass"
    assert running.balance_fen() == 10_000, spoken


def test_what_is_said_to_a_device_is_heard_by_no_other(running: Bench, pouring: Two) -> None:
    a, b = pouring
    name = pouring.names[1]
    heard: list[str] = []
    a.client.on_message = lambda _c, _u, message: heard.append(message.topic)
    for topic in (
        f"{b.root}/dn/#",
        f"tl1/+/{name}/dn/#",
        "#",
        "tl1/#",
        "+/+/+/+/+",
        "$SYS/#",
        f"$share/mine/{b.root}/dn/#",
        "$share/mine/tl1/+/+/dn/#",
        "$share/mine/#",
        f"{b.root}/up/#",
        f"{a.root}/up/#",
    ):
        a.client.subscribe(topic, qos=1)
    works(b)
    a.hello()
    until(lambda: len(heard) >= 2)

    assert {topic.rpartition("/dn/")[0] for topic in heard} == {a.root}


def test_a_device_takes_nobodys_session(running: Bench, pouring: Two) -> None:
    left: list[bool] = []
    pouring.b.client.on_disconnect = lambda *_: left.append(True)
    a_name, b_name = pouring.names
    password = str(pouring.a.client.password)
    port = running.broker.ports.device
    for client_id in (b_name, "gateway-test", "gateway-money"):
        with MqttClient(port, a_name, password, client_id=client_id) as thief:
            assert thief.accepted
    with MqttClient(port, b_name, password) as thief:
        assert not thief.accepted
    works(pouring.b)

    assert not left


def test_no_device_is_registered_under_a_name_that_takes_the_gateways_session(
    running: Bench,
) -> None:
    for name in ("gateway-money", "gateway", "claim-0a1b2c3d4e5f"):
        with running.database.transaction() as uow, pytest.raises(InvalidError, match="beginning"):
            factories.device(uow, name)


def test_a_will_speaks_in_its_own_devices_branch_alone(running: Bench, pouring: Two) -> None:
    a, b = pouring
    b.say("st", {"v": 1, "s": "online", "boot": 1, "conn": 1})
    works(b)
    a_name, b_name = pouring.names
    password = str(a.client.password)
    a.close()
    for topic in (f"{b.root}/st", f"{a.root}/st"):
        dying = connected(running, a_name, password, topic, lost(a, b, topic))
        sock = dying.socket()
        if sock is not None:
            sock.close()
        dying.loop_stop()

    def presence(device_id: str) -> Presence:
        with running.database.transaction() as uow:
            return devices.get(uow, tenant_id="demo", device_id=device_id).presence

    until(lambda: presence(a_name) is Presence.LOST)
    assert presence(b_name) is Presence.ONLINE


def lost(a: Stranger, b: Stranger, topic: str) -> bytes:
    """Even with the other's key."""
    key = b.key if topic.startswith(b.root) else a.key
    return a.sealed(topic, b'{"v":1,"s":"lost","boot":1,"conn":9}', key)


def connected(bench: Bench, name: str, password: str, will: str, payload: bytes) -> paho.Client:
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    client.username_pw_set(name, password)
    client.will_set(will, payload, qos=1, retain=True)
    answered: list[Any] = []
    client.on_connect = lambda *given: answered.append(given[3])
    client.connect("127.0.0.1", bench.broker.ports.device)
    client.loop_start()
    until(lambda: bool(answered))
    return client
