"""The login codes of machines that can sign nothing: made from their keys, so none is stored."""

import hmac
from base64 import b32encode

_CHARS = 16


def login_code(key: bytes, vendor: str) -> str:
    """16 characters (80 bits) of a machine's 32-byte key for one maker's language; with the key
    it changes."""
    digest = hmac.digest(key, f"login {vendor}".encode(), "sha256")
    return b32encode(digest)[:_CHARS].decode("ascii")


def code_fits(stated: str, key: bytes, vendor: str) -> bool:
    """Whether a machine knows its code."""
    return hmac.compare_digest(stated.encode(), login_code(key, vendor).encode())
