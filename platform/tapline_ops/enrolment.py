"""A new dispenser: known to the database and to the broker, its secrets told once."""

from pathlib import Path

import msgspec

from tapline import devices, tenants
from tapline.devices import Vault
from tapline.settings import settings
from tapline.uow import Database
from tapline_ops import access
from tapline_ops.datafolder import DataFolder, MqttAccess
from tapline_ops.embedded import mosquitto, passwords
from tapline_ops.embedded.lock import exclusive
from tapline_ops.embedded.mqtt import embedded


class MqttLogin(msgspec.Struct, frozen=True, kw_only=True):
    """Where and as whom a device connects."""

    host: str
    port: int
    port_v5: int
    username: str
    password: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """What a device must be given to speak to us; `key_hex` is its 32-byte frame key."""

    tenant: str
    device_id: str
    key_hex: str
    mqtt: MqttLogin


def enrol(database: Database, folder: DataFolder, *, tenant_id: str, device_id: str) -> Enrolled:
    """Register a device of `tenant_id` and let it in."""
    vault = Vault.at(key_file(folder))
    with database.transaction() as uow:
        made = devices.register(
            uow,
            vault=vault,
            hash_password=passwords.hashed,
            tenant_id=tenant_id,
            device_id=device_id,
        )
    admit_all(database, folder)
    return Enrolled(
        tenant=tenant_id,
        device_id=device_id,
        key_hex=made.key.hex(),
        mqtt=login(folder, device_id, made.mqtt_password),
    )


def admit_all(database: Database, folder: DataFolder) -> None:
    """Let every registered device into the broker, and no other."""
    folder.mqtt.mkdir(parents=True, exist_ok=True)
    # Who comes second reads after the first has written: no device is forgotten.
    with exclusive(folder.mqtt / "devices.lock"):
        with database.transaction() as uow:
            hashes = {
                device.device_id: device.mqtt_password_hash
                for tenant_id in tenants.ids(uow)
                for device in devices.listed(uow, tenant_id=tenant_id)
            }
        mosquitto.admit(folder.mqtt, hashes)


def login(folder: DataFolder, device_id: str, password: str) -> MqttLogin:
    """How a device with this password connects; on a broker without passwords, with the shared."""
    if access.configured_url() is not None:
        given = settings()
        host, port = given.mqtt_device_host, given.mqtt_device_port
        return MqttLogin(host=host, port=port, port_v5=port, username=device_id, password=password)
    state = folder.run_state()
    if state is not None:
        mqtt = state.mqtt
    else:
        mqtt = MqttAccess.of(embedded(folder.mqtt, folder.ports().broker))
    return MqttLogin(
        host=mqtt.host,
        port=mqtt.port,
        port_v5=mqtt.port_v5,
        username=mqtt.shared_username or device_id,
        password=mqtt.shared_password or password,
    )


def key_file(folder: DataFolder) -> Path:
    """Where the key lies under which device keys rest."""
    given = settings()
    return given.key_file if "key_file" in given.model_fields_set else folder.key_file()


def identity_key_file(folder: DataFolder) -> Path:
    """Where the key lies under which the key rests that we sign statements with."""
    given = settings()
    if "identity_key_file" in given.model_fields_set:
        return given.identity_key_file
    return folder.identity_key_file()
