"""Who a device is on the wire, and the boxes in which it is told so.

A box is base64url of 12 bytes of nonce and AES-256-GCM of a JSON object; its cipher's key is
HKDF-SHA256 of a secret (`docs/protocol.md`, "Getting a key").
"""

import base64
import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct
from msgspec.structs import replace

from tapline_sim.scenario import DeviceSpec

_NONCE_BYTES = 12
_KEY_BYTES = 32
_REKEY = b"tapline rekey v1"


class Identity(Struct, frozen=True, kw_only=True):
    """Whose a device is, what it signs with (32 bytes), and how it logs in. `other_password` is
    tried where `password` is refused: a broker may not have heard of a change yet."""

    tenant: str
    device_id: str
    key: bytes
    username: str
    password: str
    other_password: str | None = None

    def turned(self) -> "Identity":
        """The same device, its two passwords in turn."""
        if self.other_password is None:
            return self
        return replace(self, password=self.other_password, other_password=self.password)


def delivered(spec: DeviceSpec, tenant: str) -> Identity | None:
    """Who a device is out of the factory; None where it has to claim a key."""
    if spec.key_hex is None:
        return None
    return Identity(
        tenant=tenant,
        device_id=spec.device_id,
        key=spec.key,
        username=spec.username or spec.device_id,
        password=spec.password,
    )


def opened(box: str, secret: bytes, *, salt: bytes, info: bytes) -> dict[str, str] | None:
    """What is in a box; None where it was not made with this secret."""
    raw = from_text(box)
    kdf = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt, info=info)
    try:
        cipher = AESGCM(kdf.derive(secret))
        content = json.loads(cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None))
    except (InvalidTag, ValueError):
        return None
    return content if isinstance(content, dict) else None


def told(content: dict[str, str]) -> Identity | None:
    """The identity that a box names; None where it names none."""
    try:
        key = from_text(content["key"])
        device_id = content["device"]
        who = Identity(
            tenant=content["tenant"],
            device_id=device_id,
            key=key,
            username=device_id,
            password=content["password"],
        )
    except (KeyError, TypeError, AttributeError):
        return None
    return who if len(key) == _KEY_BYTES else None


def rekeyed(present: Identity, box: object, cmd: str) -> Identity | None:
    """The device after the command `rekey`; None where its box cannot be opened. Where all devices
    share one login, that stays."""
    content = opened(str(box), present.key, salt=cmd.encode(), info=_REKEY)
    next_one = None if content is None else told(content)
    if next_one is None or next_one.device_id != present.device_id:
        return None
    if present.username != present.device_id:
        return replace(next_one, username=present.username, password=present.password)
    return replace(next_one, password=present.password, other_password=next_one.password)


def from_text(text: str) -> bytes:
    """Bytes of base64url without padding; empty where `text` is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, UnicodeError):
        return b""


def to_text(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
