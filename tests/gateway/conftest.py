"""A real Mosquitto and a running gateway, with a device that is not ours talking to them."""

import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tapline import devices, ledger
from tapline.devices import credentials
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tapline_ops.embedded import mosquitto, passwords
from tapline_ops.embedded.broker import BrokerPorts, mosquitto_program
from tapline_ops.embedded.mosquitto import MosquittoBroker
from tests.factories import VAULT, card, tenant
from tests.gateway.fake_platform import until
from tests.gateway.fleets import accepts
from tests.gateway.stranger import Stranger

CARD = "88001234"


@pytest.fixture(scope="session")
def broker_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tapline-mqtt-"))
    folder.chmod(0o711)  # as root the broker is another user, who must pass
    yield folder / "broker"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def broker(broker_folder: Path) -> Iterator[MosquittoBroker]:
    program = mosquitto_program()
    if program is None:
        pytest.skip("Mosquitto is not installed: apt-get install mosquitto")
    broker = MosquittoBroker(broker_folder, BrokerPorts(), program)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


class Bench(NamedTuple):
    """A database, a broker, and the means to stop and start the gateway between them."""

    database: Database
    broker: MosquittoBroker

    def gateway(self) -> Gateway:
        login = self.broker.gateway_login
        config = MqttConfig(
            host=self.broker.host,
            port=self.broker.ports.gateway,
            username=login.username,
            password=login.password,
            client_id="gateway-test",
        )
        return Gateway(self.database, config, VAULT)

    def balance_fen(self, card_no: str = CARD) -> int:
        with self.database.transaction() as uow:
            return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.fixture
def bench(fresh_database: Database, broker: MosquittoBroker) -> Bench:
    with fresh_database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 10_000)
    return Bench(fresh_database, broker)


@pytest.fixture
def running(bench: Bench) -> Iterator[Bench]:
    """The bench with its gateway running."""
    stop = threading.Event()
    gateway = bench.gateway()
    thread = threading.Thread(target=gateway.run, args=(stop,))
    thread.start()
    yield bench
    stop.set()
    thread.join()


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Mosquitto for simulated fleets, on a free port of the loopback: it lets everybody in."""
    mosquitto = shutil.which("mosquitto")
    if mosquitto is None:
        pytest.skip("mosquitto is not on PATH: install it to test devices against a real broker")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    config = tmp_path_factory.mktemp("broker") / "mosquitto.conf"
    config.write_text(f"listener {number} 127.0.0.1\nallow_anonymous true\n")
    with subprocess.Popen([mosquitto, "-c", str(config)], stderr=subprocess.DEVNULL) as broker:
        try:
            until(lambda: accepts(number))
            yield number
        finally:
            broker.terminate()


Newcomer = Callable[..., Stranger]


@pytest.fixture
def newcomer(bench: Bench, broker_folder: Path) -> Iterator[Newcomer]:
    """Registers a device and connects a stranger under its name."""
    met: list[Stranger] = []
    doors: dict[str, credentials.Door] = {}

    def meet(device_id: str, *, v5: bool = False, tenant_id: str = "demo") -> Stranger:
        with bench.database.transaction() as uow:
            made = devices.register(
                uow,
                vault=VAULT,
                hash_password=passwords.hashed,
                tenant_id=tenant_id,
                device_id=device_id,
            )
            hashes = [made.device.mqtt_password_hash]
            doors[device_id] = credentials.own_door(device_id, [tenant_id], hashes)
        mosquitto.admit(broker_folder, doors)
        stranger = _connected(bench, made.key, made.mqtt_password, device_id, tenant_id, v5)
        met.append(stranger)
        return stranger

    yield meet
    for stranger in met:
        stranger.close()


def _connected(
    bench: Bench, key: bytes, password: str, device_id: str, tenant_id: str, v5: bool
) -> Stranger:
    return Stranger(
        tenant=tenant_id,
        device=device_id,
        key=key,
        port=bench.broker.ports.device,
        password=password,
        v5=v5,
    )
