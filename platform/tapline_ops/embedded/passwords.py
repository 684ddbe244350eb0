"""Mosquitto's password file, in the format of its own tool."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from tapline.devices.credentials import hashed
from tapline_ops.embedded.account import Account

__all__ = ["hashed", "new_password", "write"]


def new_password() -> str:
    """A password that nobody can guess, safe in a shell and in a URL."""
    return secrets.token_urlsafe(18)


def write(path: Path, hashes: Mapping[str, str], owner: Account) -> None:
    """Replace the password file by one with these users, whole at any moment.

    `hashes` maps user names to what `hashed` gave. Only `owner` may read the file.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{user}:{value}\n" for user, value in sorted(hashes.items())))
    owner.take(draft)
    draft.replace(path)
