"""Mosquitto's password file, in the format of its own tool."""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tapline_ops.embedded.account import Account

_ITERATIONS = 101
"""Mosquitto's own choice. Our passwords have 144 random bits, which no guessing will find."""


def new_password() -> str:
    """A password that nobody can guess, safe in a shell and in a URL."""
    return secrets.token_urlsafe(18)


def hashed(password: str) -> str:
    """What Mosquitto stores: `$7$`, PBKDF2 with SHA-512, a salt of 12 bytes."""
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    salt64, digest64 = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${_ITERATIONS}${salt64}${digest64}"


def write(path: Path, hashes: Mapping[str, str], owner: Account) -> None:
    """Replace the password file by one with these users, whole at any moment.

    `hashes` maps user names to what `hashed` gave. Only `owner` may read the file.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{user}:{value}\n" for user, value in sorted(hashes.items())))
    owner.take(draft)
    draft.replace(path)
