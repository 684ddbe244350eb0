"""How a simulated provider and we know each other: HMAC-SHA256 over the bytes on the line."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tapline import clock
from tapline.errors import InvalidError

WINDOW = timedelta(seconds=300)
"""What is older, or further in the future, is refused."""

_MOMENT, _NONCE, _SIGNATURE = "sim-timestamp", "sim-nonce", "sim-signature"


_KEY_BYTES = 32


class SignatureError(Exception):
    """Not signed with our key, or not lately."""


def shared_key(file: Path) -> bytes:
    """The secret that we share with a simulated provider; `InvalidError` for a weak one."""
    key = bytes.fromhex(file.read_text().strip())
    if len(key) < _KEY_BYTES:
        raise InvalidError(f"{file} holds no key: `openssl rand -hex {_KEY_BYTES}` makes one")
    return key


def signed(key: bytes, purpose: str, body: bytes) -> dict[str, str]:
    """The headers that prove `body`; `purpose` keeps a proof from being used elsewhere."""
    moment, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    proof = _proof(key, purpose, moment, nonce, body)
    return {_MOMENT: moment, _NONCE: nonce, _SIGNATURE: proof}


def verified(key: bytes, purpose: str, headers: Mapping[str, str], body: bytes) -> str:
    """The nonce of an authentic, fresh message; header names are lower case."""
    moment, nonce = headers.get(_MOMENT, ""), headers.get(_NONCE, "")
    stated = headers.get(_SIGNATURE, "")
    expected = _proof(key, purpose, moment, nonce, body)
    if not nonce or not hmac.compare_digest(expected.encode(), stated.encode()):
        raise SignatureError("the signature is not made with our key over these bytes")
    sent_at = datetime.fromtimestamp(int(moment), UTC)
    if abs(clock.now() - sent_at) > WINDOW:
        raise SignatureError(
            f"the message is from {sent_at.isoformat()}: too old, or a wrong clock"
        )
    return nonce


def _proof(key: bytes, purpose: str, moment: str, nonce: str, body: bytes) -> str:
    signed_bytes = f"{purpose}\n{moment}\n{nonce}\n".encode() + body
    return hmac.new(key, signed_bytes, hashlib.sha256).hexdigest()
