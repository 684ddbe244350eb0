"""How a new key travels to a device, and how the broker's passwords are kept. Pure but for chance.

A device's next key is wrapped under the one that it has: AES-256-GCM, its key HKDF-SHA256 of the
present frame key with the command's id as salt (NIST SP 800-108 in spirit, RFC 5869 by the letter).
The broker, which carries it, can read neither.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32
_INFO_REKEY = b"tapline rekey v1"
_ITERATIONS = 101
"""Mosquitto's own choice. Our passwords have 144 random bits, which no guessing will find."""


class Secrets(NamedTuple):
    """What a device signs and logs in with, and whose it is."""

    tenant_id: str
    device_id: str
    key: bytes
    password: str

    def packed(self) -> bytes:
        """As it stands inside a box: a JSON object."""
        return json.dumps(
            {
                "tenant": self.tenant_id,
                "device": self.device_id,
                "key": encoded(self.key),
                "password": self.password,
            },
            separators=(",", ":"),
        ).encode()


class Door(NamedTuple):
    """What a user name of the broker opens: with which passwords, and which topics."""

    password_hashes: Sequence[str]
    writes: Sequence[str]
    """Topics; one that ends in a slash stands for all below it."""
    reads: Sequence[str]

    def opens_to(self, password: str) -> bool:
        """Whether it is one of the passwords."""
        return any(matches(password, one) for one in self.password_hashes)

    def lets(self, topic: str, *, writing: bool) -> bool:
        """Whether a topic may be published to, or a filter be subscribed."""
        own = self.writes if writing else self.reads
        below = any(topic.startswith(one) for one in own if one.endswith("/"))
        return topic in own or (below and not (writing and {"+", "#"} & set(topic)))


def own_door(device_id: str, owners: Sequence[str], hashes: Sequence[str]) -> Door:
    """A device's branch with each tenant whose it is or becomes: it speaks up and hears down."""
    roots = [f"tl1/{tenant_id}/{device_id}" for tenant_id in owners]
    return Door(
        hashes,
        [topic for root in roots for topic in (f"{root}/st", f"{root}/up/")],
        [f"{root}/dn/" for root in roots],
    )


def rekey_box(secrets: Secrets, *, present_key: bytes, command_id: str) -> str:
    """The next secrets of a device, for its eyes alone."""
    return sealed_box(secrets.packed(), present_key, salt=command_id.encode(), info=_INFO_REKEY)


def sealed_box(content: bytes, secret: bytes, *, salt: bytes, info: bytes) -> str:
    """base64url of a 12-byte nonce and what AES-256-GCM makes of `content`."""
    nonce = os.urandom(_NONCE_BYTES)
    return encoded(nonce + _cipher(secret, salt, info).encrypt(nonce, content, None))


def opened_box(box: str, secret: bytes, *, salt: bytes, info: bytes) -> bytes | None:
    """What `sealed_box` put in; None where it was not made with this secret."""
    raw = decoded(box)
    try:
        return _cipher(secret, salt, info).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        return None


def _cipher(secret: bytes, salt: bytes, info: bytes) -> AESGCM:
    kdf = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt, info=info)
    return AESGCM(kdf.derive(secret))


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Back again; empty where `text` is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def hashed(password: str) -> str:
    """What Mosquitto stores: `$7$`, PBKDF2 with SHA-512, a salt of 12 bytes."""
    return _hash(password, os.urandom(12), _ITERATIONS)


def matches(password: str, stored: str) -> bool:
    """Whether `stored` is the hash of `password`."""
    try:
        _, kind, iterations, salt, _ = stored.split("$")
        again = _hash(password, base64.b64decode(salt), int(iterations))
    except ValueError:
        return False
    return kind == "7" and hmac.compare_digest(again, stored)


def _hash(password: str, salt: bytes, iterations: int) -> str:
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)
    salt64, digest64 = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${iterations}${salt64}${digest64}"
