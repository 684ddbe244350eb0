"""The web application with this process's settings."""

from fastapi import FastAPI

from tapline.devices import Vault
from tapline.settings import settings
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_gateway.vendors import CLOUDS
from tapline_ops.connection import connect
from tapline_ops.providers.payments import gateways
from tapline_ops.providers.telephony import exchanges


def application() -> FastAPI:
    """The pages and the API over the configured database."""
    given = settings()
    config = WebConfig(
        origin=given.web_origin,
        hotline=given.hotline,
        limits_uri=given.broker_url.get_secret_value(),
        mqtt_hook_secret=given.mqtt_hook_secret.get_secret_value(),
        firmware_keys=given.firmware_keys,
    )
    # Without it nobody's papers can be noted and no maker's cloud be heard; all else works.
    vault = Vault.at(given.identity_key_file) if given.identity_key_file.exists() else None
    return create_app(
        connect(given.database_url),
        config,
        gateways(given),
        exchanges(given),
        clouds=CLOUDS,
        vault=vault,
    )
