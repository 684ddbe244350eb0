"""The gateway process: one connection for money, one for telemetry, a door for machines of other
makers that speak over TCP; a thread and a pool for each."""

import logging
import threading
from collections.abc import Callable

from tapline.devices import Vault
from tapline.settings import Settings
from tapline.uow import Database
from tapline_gateway import gateway
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import MqttConfig
from tapline_gateway.telemetry import run_telemetry
from tapline_gateway.vendors.serving import TcpConfig, run_vendors
from tapline_ops.connection import connected

log = logging.getLogger(__name__)


def run(settings: Settings, stop: threading.Event) -> None:
    """Take in messages until `stop` is set; if one thread fails, all end."""
    vault = Vault.at(settings.key_file)
    beside = [
        threading.Thread(
            target=_until_failure, args=(work, settings, vault, stop), name=name, daemon=True
        )
        for name, work in (("telemetry", _telemetry), ("vendors", _vendors))
    ]
    for thread in beside:
        thread.start()
    try:
        with connected(settings.database_url) as database:
            gateway.run(database, _mqtt(settings, "gateway-money"), vault, stop)
    finally:
        stop.set()
        for thread in beside:
            thread.join(timeout=10)


Work = Callable[[Database, Settings, Vault, threading.Event], None]


def _until_failure(work: Work, settings: Settings, vault: Vault, stop: threading.Event) -> None:
    try:
        with connected(settings.database_url) as database:
            work(database, settings, vault, stop)
    except Exception:
        log.exception("%s failed; the gateway starts again", threading.current_thread().name)
        stop.set()


def _telemetry(database: Database, settings: Settings, vault: Vault, stop: threading.Event) -> None:
    mqtt = _mqtt(settings, "gateway-telemetry")
    run_telemetry(database, mqtt, KeyRing(database, vault), stop)


def _vendors(database: Database, settings: Settings, vault: Vault, stop: threading.Event) -> None:
    port = settings.vendor_tcp_port
    tcp = TcpConfig(settings.vendor_tcp_host, port) if port else None
    run_vendors(database, vault, tcp, stop)


def _mqtt(settings: Settings, client_id: str) -> MqttConfig:
    return MqttConfig(
        host=settings.mqtt_host,
        port=settings.mqtt_port,
        username=settings.mqtt_user,
        password=settings.mqtt_password.get_secret_value(),
        client_id=client_id,
        tells_apart=settings.mqtt_tells_apart,
    )
