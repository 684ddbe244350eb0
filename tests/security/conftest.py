"""A house with doors behind TLS: a broker of its own, a gateway, and an authority that issues."""

import secrets
import shutil
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tapline import devices
from tapline.devices import Vault, certificates
from tapline.uow import Database
from tapline_gateway.gateway import Gateway
from tapline_gateway.link import MqttConfig
from tapline_ops import enrolment
from tapline_ops.embedded import home, kicking, passwords
from tapline_ops.embedded.broker import BrokerPorts, mosquitto_program
from tapline_ops.embedded.mosquitto import MosquittoBroker
from tests.factories import VAULT, card, tenant

# The broker, the gateway and a device that is not ours, as the tests of the gateway have them.
from tests.gateway.conftest import bench, broker, broker_folder, newcomer, port, running  # noqa: F401
from tests.gateway.stranger import Stranger
from tests.security import papers

CARD = "88001234"


class House(NamedTuple):
    """Everything between a device's plug and the books."""

    database: Database
    broker: MosquittoBroker
    folder: Path
    founded: certificates.Founded

    @property
    def root_pem(self) -> str:
        return self.founded.root_pem

    def admit(self) -> None:
        """What the worker does when credentials changed."""
        enrolment.admit_all(self.database, self.folder, VAULT)

    def cut_off(self, device_id: str) -> None:
        """What it does when one of them ended."""
        self.admit()
        gateway = self.broker.gateway_login
        kicking.kick(self.broker.host, self.broker.ports.gateway, gateway, device_id)

    def register(self) -> devices.Provisioned:
        """A device, let in."""
        with self.database.transaction() as uow:
            made = devices.register(
                uow,
                vault=VAULT,
                hash_password=passwords.hashed,
                tenant_id="demo",
                device_id=f"TLS-{secrets.token_hex(4)}",
            )
        self.admit()
        return made

    def certified(self, device_id: str, *, days: int = 30) -> papers.Papers:
        """A key pair with a certificate for it, issued by hand."""
        key = papers.new_key()
        with self.database.transaction() as uow:
            issued = certificates.issue(
                uow,
                vault=VAULT,
                tenant_id="demo",
                device_id=device_id,
                request=papers.request(key),
                actor="test",
                days=days,
            )
            return papers.Papers(key, issued.pem)

    def trusting(self, shown: papers.Papers | None = None) -> ssl.SSLContext:
        """A client that knows the broker by our root, and shows these papers."""
        return papers.context(self.root_pem, shown)

    def connected(
        self, made: devices.Provisioned, tls: ssl.SSLContext, *, password: bool = False
    ) -> Stranger:
        """A device behind one of the two doors, with its certificate or with its password."""
        ports = self.broker.ports
        return Stranger(
            tenant="demo",
            device=made.device.device_id,
            key=made.key,
            port=ports.tls_password if password else ports.tls,
            password=made.mqtt_password if password else "",
            tls=tls,
        )


@pytest.fixture
def house(fresh_database: Database) -> Iterator[House]:
    program = mosquitto_program()
    if program is None:
        pytest.skip("Mosquitto is not installed: apt-get install mosquitto")
    place = Path(tempfile.mkdtemp(prefix="tapline-tls-"))
    place.chmod(0o711)
    folder = place / "broker"
    with fresh_database.transaction() as uow:
        tenant(uow)
        card(uow, CARD, 10_000)
        made = certificates.found(uow, vault=VAULT, name="Test", actor="test")
    enrolment.secure_broker(fresh_database, folder, vault=VAULT, hosts=["127.0.0.1"])
    broker = MosquittoBroker(folder, BrokerPorts(), program)  # noqa: F811
    broker.start()
    stop = threading.Event()
    thread = threading.Thread(target=_gateway(fresh_database, broker, VAULT).run, args=(stop,))
    thread.start()
    try:
        yield House(fresh_database, broker, folder, made)
    finally:
        stop.set()
        thread.join()
        broker.stop()
        home.remove(folder)
        shutil.rmtree(place)


def _gateway(database: Database, broker: MosquittoBroker, vault: Vault) -> Gateway:  # noqa: F811
    login = broker.gateway_login
    config = MqttConfig(
        host=broker.host,
        port=broker.ports.gateway,
        username=login.username,
        password=login.password,
        client_id="gateway-test",
    )
    return Gateway(database, config, vault)
