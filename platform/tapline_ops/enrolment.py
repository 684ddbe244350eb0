"""A new dispenser: known to the database and to the broker, its secrets told once."""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tapline import devices
from tapline.devices import Vault, certificates, credentials, provisioning, vendors
from tapline.devices.credentials import Door
from tapline.settings import settings
from tapline.uow import Database, UnitOfWork
from tapline_gateway.vendors import lanjing
from tapline_ops import access
from tapline_ops.datafolder import DataFolder, MqttAccess
from tapline_ops.embedded import mosquitto, passwords
from tapline_ops.embedded.lock import exclusive
from tapline_ops.embedded.mqtt import embedded

log = logging.getLogger(__name__)


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
    admit_all(database, folder.mqtt, Vault.at(key_file(folder)))
    return _told(folder, tenant_id, device_id, made.key, made.mqtt_password)


def reissue(
    database: Database,
    folder: DataFolder,
    *,
    tenant_id: str,
    device_id: str,
    actor: str,
    reason: str,
) -> Enrolled:
    """Give a device another key and login; what it had ends, and it is cut off."""
    with database.transaction() as uow:
        made = credentials.reissue(
            uow,
            vault=Vault.at(key_file(folder)),
            tenant_id=tenant_id,
            device_id=device_id,
            actor=actor,
            reason=reason,
        )
    admit_all(database, folder.mqtt, Vault.at(key_file(folder)))
    return _told(folder, tenant_id, device_id, made.key, made.password)


def open_batch(
    database: Database,
    folder: DataFolder,
    *,
    tenant_id: str,
    maker: str,
    batch: str,
    days: int,
    actor: str,
) -> Enrolled:
    """Make a batch's claim credential, and let it in; `device_id` is the claim's own."""
    with database.transaction() as uow:
        made = provisioning.open_batch(
            uow,
            vault=Vault.at(key_file(folder)),
            tenant_id=tenant_id,
            maker=maker,
            batch=batch,
            days=days,
            actor=actor,
        )
        claim_id = made.batch.claim_id
    admit_all(database, folder.mqtt, Vault.at(key_file(folder)))
    return _told(folder, tenant_id, claim_id, made.key, made.password)


def _told(
    folder: DataFolder, tenant_id: str, device_id: str, key: bytes, password: str
) -> Enrolled:
    return Enrolled(
        tenant=tenant_id,
        device_id=device_id,
        key_hex=key.hex(),
        mqtt=login(folder, device_id, password),
    )


def admit_all(database: Database, folder: Path, vault: Vault | None = None) -> None:
    """Let every device into the broker that runs on `folder`, and no other.

    Whoever is connected with a password that does not open it any more is cut off. With `vault`
    the lists of revoked certificates are signed where they changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Who comes second reads after the first has written: no device is forgotten.
    with exclusive(folder / "devices.lock"):
        with database.transaction() as uow:
            # A maker's number opens nothing that is somebody's own id.
            doors = {**_makers(uow), **provisioning.doors(uow), **credentials.doors(uow)}
            revoked = certificates.revocations(uow, vault=vault) if vault else None
        mosquitto.admit(folder, doors, revoked=revoked or None)


def _makers(uow: UnitOfWork) -> dict[str, Door]:
    return {
        number: Door([password_hash], lanjing.written(number), lanjing.heard(number))
        for number, password_hash in vendors.logins(uow).items()
    }


def secure_broker(
    database: Database, folder: Path, *, vault: Vault, hosts: Sequence[str] | None = None
) -> None:
    """Give the broker on `folder` a certificate for these hosts, or for those of the one that it
    has: with it, it opens doors behind TLS when it starts next."""
    folder.mkdir(parents=True, exist_ok=True)
    if hosts is None:
        shown = mosquitto.shown(folder)
        hosts = certificates.broker_hosts(shown) if shown else []
    with exclusive(folder / "devices.lock"):
        with database.transaction() as uow:
            own = certificates.broker_identity(uow, vault=vault, hosts=hosts)
            revoked = certificates.revocations(uow, vault=vault)
        trust = mosquitto.Trust(own.authorities, revoked, own.certificate, own.key)
        mosquitto.secure(folder, trust)


def renew_broker(database: Database, folder: Path, *, vault: Vault) -> None:
    """Give the broker on `folder` its next certificate when two thirds of its time are over, for
    the hosts of the one that it has; nobody is cut off by it."""
    shown = mosquitto.shown(folder)
    if shown is None:
        return
    with database.transaction() as uow:
        hosts = certificates.broker_due(uow, shown_pem=shown)
    if hosts:
        log.info("the broker is given another certificate: %s", ", ".join(hosts))
        secure_broker(database, folder, vault=vault, hosts=hosts)


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
