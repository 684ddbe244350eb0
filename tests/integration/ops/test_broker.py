"""The embedded broker lets each device into its own branch, and keeps what a gateway missed."""

import os
import shutil
import signal
import socket
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from tapline.devices.credentials import Door, own_door
from tapline_ops.embedded import home, mosquitto, passwords
from tapline_ops.embedded.account import Account
from tapline_ops.embedded.broker import BrokerPorts, Login, mosquitto_program
from tapline_ops.embedded.iotcore import IotcoreBroker
from tapline_ops.embedded.mosquitto import MosquittoBroker
from tapline_ops.embedded.ports import LOOPBACK
from tests.integration.ops.mqtt import MqttClient, until

FOREVER_S = 0xFFFFFFFF

needs_mosquitto = pytest.mark.skipif(
    mosquitto_program() is None, reason="Mosquitto is not installed: `make tools`"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder below a closed one, as pytest's own and root's home are."""
    place = Path(tempfile.mkdtemp(prefix="tapline mqtt "))
    yield place / "mqtt"
    home.remove(place / "mqtt")
    shutil.rmtree(place)


@pytest.fixture
def broker(folder: Path) -> Iterator[MosquittoBroker]:
    """Mosquitto with two devices, A and B, whose passwords are their names in lower case."""
    broker = MosquittoBroker(folder, BrokerPorts(), mosquitto_program() or "")
    admit(folder, "A", "B")
    broker.start()
    yield broker
    broker.stop()


def admit(folder: Path, *devices: str) -> None:
    mosquitto.admit(
        folder,
        {name: own_door(name, ["demo"], [passwords.hashed(name.lower())]) for name in devices},
    )


def device(broker: MosquittoBroker, name: str, *, version: int = 4) -> MqttClient:
    return MqttClient(broker.ports.device, name, name.lower(), version=version)


def gateway(broker: MosquittoBroker, client_id: str = "gateway-money") -> MqttClient:
    login = broker.gateway_login
    port = broker.ports.gateway
    return MqttClient(port, login.username, login.password, client_id=client_id)


@needs_mosquitto
def test_a_hash_of_ours_is_one_of_mosquittos(broker: MosquittoBroker) -> None:
    with device(broker, "A") as right, MqttClient(broker.ports.device, "B", "guessed") as wrong:
        assert right.accepted
        assert not wrong.accepted


@needs_mosquitto
@pytest.mark.parametrize("version", [4, 5])
def test_a_device_publishes_in_its_own_branch_alone(broker: MosquittoBroker, version: int) -> None:
    with gateway(broker) as platform, device(broker, "A", version=version) as thief:
        platform.subscribe("tl1/#")
        for topic in ("tl1/demo/B/up/txn", "tl1/demo/B/st", "tl1/demo/A/dn/ack", "elsewhere"):
            thief.publish(topic)
        thief.publish("tl1/demo/A/up/txn")

        until(lambda: bool(platform.received))
        assert platform.topics() == ["tl1/demo/A/up/txn"]


@needs_mosquitto
def test_a_device_hears_nothing_that_is_said_to_another(broker: MosquittoBroker) -> None:
    with gateway(broker) as platform, device(broker, "A") as nosy, device(broker, "B") as other:
        for topic in ("#", "tl1/demo/B/dn/#", "tl1/+/+/dn/#"):
            nosy.subscribe(topic)
        other.subscribe("tl1/demo/B/dn/#")
        platform.publish("tl1/demo/B/dn/ack")
        platform.publish("tl1/demo/A/dn/ack")

        until(lambda: bool(other.received) and "tl1/demo/A/dn/ack" in nosy.topics())
        assert set(nosy.topics()) == {"tl1/demo/A/dn/ack"}
        assert other.topics() == ["tl1/demo/B/dn/ack"]


@needs_mosquitto
def test_a_device_cannot_take_over_the_session_of_another_or_of_the_gateway(
    broker: MosquittoBroker,
) -> None:
    with gateway(broker) as platform, device(broker, "B") as other:
        assert platform.accepted
        assert other.accepted
        for stolen in ("gateway-money", "B"):
            with MqttClient(broker.ports.device, "A", "a", client_id=stolen) as thief:
                thief.publish("tl1/demo/A/up/evt")

        assert platform.publish("tl1/demo/B/dn/ack") == "Success"
        assert other.publish("tl1/demo/B/up/evt") == "Success"
        assert (platform.disconnects, other.disconnects) == (0, 0)


@needs_mosquitto
def test_device_logins_do_not_open_the_gateways_door(broker: MosquittoBroker) -> None:
    with MqttClient(broker.ports.gateway, "A", "a") as intruder:
        assert not intruder.accepted


@needs_mosquitto
def test_a_device_enrolled_while_it_runs_is_let_in_and_nobody_is_cut_off(
    broker: MosquittoBroker, folder: Path
) -> None:
    with device(broker, "A") as old, gateway(broker) as platform:
        assert old.accepted
        platform.subscribe("tl1/#")
        admit(folder, "A", "B", "C")

        until(lambda: lets_in(broker, "C"))
        assert old.publish("tl1/demo/A/up/evt") == "Success"
        until(lambda: platform.topics() == ["tl1/demo/A/up/evt"])
        assert old.disconnects == 0


def lets_in(broker: MosquittoBroker, name: str) -> bool:
    with device(broker, name) as client:
        return client.accepted


@needs_mosquitto
def test_a_writer_that_was_killed_leaves_the_files_as_they_were(
    broker: MosquittoBroker, folder: Path
) -> None:
    (state,) = {path.parent for path in home.of(folder, Account()).rglob("devices.passwd")}
    before = {name: (state / name).stat() for name in ("devices.passwd", "devices.acl")}
    for name in before:
        (state / f".{name}.new").write_text("user Mallory\ntopic readwrite #\n")
    with device(broker, "A") as old:
        assert old.accepted
        admit(folder, "A", "B", "C")
        until(lambda: lets_in(broker, "C"))
        assert not lets_in(broker, "Mallory")
        old.publish("tl1/demo/A/up/evt")
        assert old.disconnects == 0
    after = {name: (state / name).stat() for name in before}
    assert all(after[name].st_ino != before[name].st_ino for name in before), "written aside"
    assert all(one.st_mode & 0o777 == 0o600 for one in after.values())


@needs_mosquitto
def test_a_login_without_rights_says_and_hears_nothing(
    broker: MosquittoBroker, folder: Path
) -> None:
    bare = Door([passwords.hashed("n")], ["tl1/demo/N/up/claim"], ["tl1/demo/N/dn/claim"])
    other = own_door("A", ["demo"], [passwords.hashed("a")])
    mosquitto.admit(folder, {"A": other, "N": bare})
    until(lambda: lets_in(broker, "N"))
    with gateway(broker) as platform, device(broker, "N") as newborn:
        platform.subscribe("tl1/#")
        newborn.subscribe("tl1/demo/N/dn/#")
        newborn.subscribe("tl1/demo/N/dn/claim")
        for topic in ("tl1/demo/N/st", "tl1/demo/N/up/txn", "lj/N/record", "tl1/demo/A/up/claim"):
            newborn.publish(topic)
        newborn.publish("tl1/demo/N/up/claim")
        platform.publish("tl1/demo/N/dn/ack")
        platform.publish("tl1/demo/N/dn/claim")

        until(lambda: bool(newborn.received))
        assert newborn.topics() == ["tl1/demo/N/dn/claim"]
        assert [topic for topic in platform.topics() if "/up/" in topic] == ["tl1/demo/N/up/claim"]


@needs_mosquitto
@pytest.mark.parametrize("version", [4, 5])
def test_an_oversized_frame_reaches_the_gateway_and_leaves_its_sender_connected(
    broker: MosquittoBroker, version: int
) -> None:
    with gateway(broker) as platform, device(broker, "A", version=version) as wordy:
        platform.subscribe("tl1/#")
        wordy.publish("tl1/demo/A/up/txn", b"x" * 100_000)
        wordy.publish("tl1/demo/A/up/evt")

        until(lambda: len(platform.received) == 2)
        assert wordy.disconnects == 0


@needs_mosquitto
def test_it_outlives_many_changes_of_passwords_whose_devices_are_away(
    broker: MosquittoBroker, folder: Path
) -> None:
    names = [f"AWAY-{number}" for number in range(30)]
    port, log = broker.ports.device, folder / "mosquitto.log"

    def changed(password: str) -> None:
        before = log.read_text().count("Reloading")
        hashes = [passwords.hashed(password)]
        mosquitto.admit(folder, {name: own_door(name, ["demo"], hashes) for name in names})
        until(lambda: not broker.alive() or log.read_text().count("Reloading") > before)

    for turn in range(12):
        changed(f"of turn {turn}")
        for name in names:
            with MqttClient(port, name, f"of turn {turn}", version=5, expiry_s=FOREVER_S) as client:
                assert client.accepted
        for _ in range(3):
            changed("another")
        assert broker.alive()


@needs_mosquitto
def test_a_killed_broker_comes_back_with_its_devices(broker: MosquittoBroker) -> None:
    port = broker.ports.device
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    until(lambda: not broker.alive())

    broker.start()

    assert broker.ports.device == port
    with device(broker, "A") as client:
        assert client.accepted


def test_the_fallback_wants_its_one_login_on_both_ports(folder: Path) -> None:
    broker = IotcoreBroker(folder, BrokerPorts())
    broker.start()
    try:
        login = broker.shared_device_login
        for port, version in ((broker.ports.device, 4), (broker.ports.device_v5, 5)):
            with fallback_client(port, login, version) as client:
                assert client.accepted
                assert client.publish("tl1/demo/A/up/evt") == "Success"
        assert broker.gateway_login == login
        until(lambda: is_let_in(broker.ports.device, login))
        assert not is_let_in(broker.ports.device, Login(login.username, "guessed"))
    finally:
        broker.stop()


def fallback_client(port: int, login: Login, version: int) -> MqttClient:
    """One that tries again, as devices do: this broker hangs up on some without a reason."""
    return MqttClient(
        port,
        login.username,
        login.password,
        version=version,
        client_id=f"WD-000{version}",
        persevering=True,
    )


def is_let_in(port: int, login: Login) -> bool:
    """Ask by hand: the fallback refuses by hanging up, which clients take for a bad line."""
    words = [struct.pack("!H", len(word)) + word.encode() for word in ("x", *astuple(login))]
    body = b"\x00\x04MQTT\x04\xc2\x00\x3c" + b"".join(words)
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(bytes([0x10, len(body)]) + body)
        try:
            return connection.recv(4) == b"\x20\x02\x00\x00"
        except ConnectionResetError:
            return False
