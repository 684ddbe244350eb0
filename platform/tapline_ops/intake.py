"""The gateway process: one connection for money, one for telemetry, a pool for each."""

import logging
import threading

from tapline.devices import Vault
from tapline.settings import Settings
from tapline_gateway import gateway
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import MqttConfig
from tapline_gateway.telemetry import run_telemetry
from tapline_ops.connection import connected

log = logging.getLogger(__name__)


def run(settings: Settings, stop: threading.Event) -> None:
    """Take in messages until `stop` is set; if one connection's thread fails, both end."""
    vault = Vault.at(settings.key_file)
    telemetry = threading.Thread(
        target=_telemetry, args=(settings, vault, stop), name="telemetry", daemon=True
    )
    telemetry.start()
    try:
        with connected(settings.database_url) as database:
            gateway.run(database, _mqtt(settings, "gateway-money"), vault, stop)
    finally:
        stop.set()
        telemetry.join(timeout=10)


def _telemetry(settings: Settings, vault: Vault, stop: threading.Event) -> None:
    try:
        with connected(settings.database_url) as database:
            mqtt = _mqtt(settings, "gateway-telemetry")
            run_telemetry(database, mqtt, KeyRing(database, vault), stop)
    except Exception:
        log.exception("telemetry failed; the gateway starts again")
        stop.set()


def _mqtt(settings: Settings, client_id: str) -> MqttConfig:
    return MqttConfig(
        host=settings.mqtt_host,
        port=settings.mqtt_port,
        username=settings.mqtt_user,
        password=settings.mqtt_password.get_secret_value(),
        client_id=client_id,
    )
