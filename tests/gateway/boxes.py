"""Boxes with keys in them, opened by the published recipe alone."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tapline.devices import messages
from tests.gateway.conftest import Bench
from tests.integration.ops.mqtt import MqttClient


def un64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unbox(box: str, secret: bytes, *, salt: bytes, info: bytes) -> dict[str, Any]:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)
    raw = un64(box)
    opened: dict[str, Any] = json.loads(AESGCM(key).decrypt(raw[:12], raw[12:], None))
    return opened


def refusals(bench: Bench) -> list[str]:
    with bench.database.transaction() as uow:
        table = messages.DeadLetter
        return [one.code for one in uow.session.query(table).all()]


def lets_in(bench: Bench, name: str, password: str) -> bool:
    with MqttClient(bench.broker.ports.device, name, password) as client:
        return client.accepted
