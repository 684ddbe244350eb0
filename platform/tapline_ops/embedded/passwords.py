"""Mosquitto's password file, in the format of its own tool, and how its files are replaced."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tapline.devices.credentials import hashed
from tapline_ops.embedded.account import Account

__all__ = ["hashed", "listed", "new_password", "replace"]


def new_password() -> str:
    """A password that nobody can guess, safe in a shell and in a URL."""
    return secrets.token_urlsafe(18)


def listed(hashes: Mapping[str, str]) -> str:
    """The text of a password file; `hashes` maps user names to what `hashed` gave."""
    return "".join(f"{user}:{value}\n" for user, value in sorted(hashes.items()))


def replace(path: Path, text: str, owner: Account) -> bool:
    """Make `text` the content of a file that only `owner` may read, whole at any moment.

    Returns:
        whether it was another before.
    """
    if path.exists() and path.read_text("utf-8") == text:
        return False
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)  # a killed writer's
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    owner.take(draft)
    draft.replace(path)
    return True
