"""The data folder: everything that one installation on one machine keeps."""

import secrets
import shutil
from pathlib import Path
from typing import Self

import msgspec

from tapline_ops.embedded.broker import Broker, BrokerPorts
from tapline_ops.embedded.lock import FolderLock


class MqttAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How devices and gateways reach the broker. Without a shared login each device has its own."""

    host: str
    port: int
    port_v5: int
    gateway_port: int
    tls_port: int = 0
    """Where devices with certificates connect; 0: nowhere."""
    tls_password_port: int = 0
    gateway_username: str
    gateway_password: str
    shared_username: str | None = None
    shared_password: str | None = None

    @classmethod
    def of(cls, broker: Broker) -> Self:
        """The ways into a broker."""
        gateway, shared, ports = broker.gateway_login, broker.shared_device_login, broker.ports
        return cls(
            host=broker.host,
            port=ports.device,
            port_v5=ports.device_v5,
            gateway_port=ports.gateway,
            tls_port=ports.tls,
            tls_password_port=ports.tls_password,
            gateway_username=gateway.username,
            gateway_password=gateway.password,
            shared_username=shared.username if shared else None,
            shared_password=shared.password if shared else None,
        )


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """What runs on a data folder at this moment, with the secrets to reach it."""

    pid: int
    web_origin: str
    cashier_origin: str
    telephony_origin: str
    database_url: str
    broker_url: str
    mqtt: MqttAccess
    vendor_port: int
    """Where machines of other makers that speak over TCP connect, on 127.0.0.1."""
    parts: dict[str, int | None] = {}
    """Process ids by part; null while it is down."""


class Ports(msgspec.Struct, kw_only=True):
    """The TCP ports of the last run, which the next one asks for again."""

    database: int = 0
    tasks: int = 0
    web: int = 8000
    cashier: int = 8100
    telephony: int = 8200
    mqtt: int = 1883
    mqtt_v5: int = 1884
    mqtt_gateway: int = 1885
    vendor: int = 1886
    mqtt_tls: int = 8883
    mqtt_tls_password: int = 8884

    @property
    def broker(self) -> BrokerPorts:
        return BrokerPorts(
            self.mqtt, self.mqtt_v5, self.mqtt_gateway, self.mqtt_tls, self.mqtt_tls_password
        )

    def keep_broker(self, given: BrokerPorts) -> None:
        """Ask for these next time; doors that it did not open keep their numbers."""
        self.mqtt, self.mqtt_v5, self.mqtt_gateway = given.device, given.device_v5, given.gateway
        self.mqtt_tls = given.tls or self.mqtt_tls
        self.mqtt_tls_password = given.tls_password or self.mqtt_tls_password


class DataFolder:
    """Paths and small files of one installation. Secrets are readable by their owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.lock = FolderLock(self.path)

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def mqtt(self) -> Path:
        return self.path / "mqtt"

    @property
    def tasks(self) -> Path:
        return self.path / "tasks"

    @property
    def sms_log(self) -> Path:
        return self.path / "sms.jsonl"

    @property
    def cashier(self) -> Path:
        return self.path / "cashier"

    @property
    def telephony(self) -> Path:
        return self.path / "telephony"

    def log(self, part: str) -> Path:
        """Where a part's output goes."""
        logs = self.path / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        return logs / f"{part}.log"

    def is_empty(self) -> bool:
        """Whether nothing was ever kept here."""
        return not self.path.exists() or not any(self.path.iterdir())

    def key_file(self) -> Path:
        """The file of the key under which device keys rest, made on first use."""
        return self._key("tapline.key")

    def identity_key_file(self) -> Path:
        """The file of the key under which the numbers of customers' papers rest."""
        return self._key("identity.key")

    def cashier_key_file(self) -> Path:
        """The file of the key that the simulated payment provider shares with us."""
        return self._key("cashier.key")

    def telephony_key_file(self) -> Path:
        """The file of the key that the simulated telephone exchange shares with us."""
        return self._key("telephony.key")

    def ports(self) -> Ports:
        """The ports to ask for."""
        file = self.path / "ports.json"
        return msgspec.json.decode(file.read_bytes(), type=Ports) if file.exists() else Ports()

    def keep_ports(self, ports: Ports) -> None:
        """Remember the ports that were given."""
        self.write_secret("ports.json", msgspec.json.encode(ports))

    def run_state(self) -> RunState | None:
        """What runs here, if something does."""
        file = self.path / "run.json"
        if not file.exists() or not self.lock.is_held():
            return None
        return msgspec.json.decode(file.read_bytes(), type=RunState)

    def write_run_state(self, state: RunState | None) -> None:
        """Say what runs here; None: nothing does."""
        if state is None:
            (self.path / "run.json").unlink(missing_ok=True)
        else:
            self.write_secret("run.json", msgspec.json.format(msgspec.json.encode(state)))

    def write_secret(self, name: str, content: bytes) -> None:
        """Replace a file that only its owner may read, whole at any moment."""
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.path / f".{name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.replace(self.path / name)

    def _key(self, name: str) -> Path:
        file = self.path / name
        if not file.exists():
            self.write_secret(name, secrets.token_hex(32).encode())
        return file

    def remove_files(self) -> None:
        """Delete what is left of the folder's own files; the lock file goes last, with us."""
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.lock.release()
