"""Where an unprivileged server keeps its files: in our folder, or where he can reach them."""

import secrets
import shutil
from pathlib import Path

from tapline_ops.embedded.account import Account

PUBLIC = Path("/var/lib/tapline")
"""Where root puts what an unprivileged user must reach."""

_POINTER = "home"


def of(folder: Path, account: Account) -> Path:
    """The place for the files that `account` works on.

    It is `folder` when he may enter it. Below a closed folder (root's home, a private temporary
    one) he cannot: then it is a new folder in `/var/lib/tapline`, remembered in `folder`. Parents
    are never opened.
    """
    pointer = folder / _POINTER
    if pointer.exists():
        return Path(pointer.read_text())
    if account.reaches(folder):
        return folder
    home = public(f"{folder.name}-{secrets.token_hex(8)}")
    pointer.write_text(str(home))
    return home


def public(name: str) -> Path:
    """A new folder of ours that every user may enter."""
    PUBLIC.mkdir(parents=True, exist_ok=True)
    PUBLIC.chmod(0o755)
    place = PUBLIC / name
    place.mkdir()
    place.chmod(0o755)
    return place


def remove(folder: Path) -> None:
    """Delete `folder`, and the place elsewhere that belongs to it."""
    pointer = folder / _POINTER
    if pointer.exists():
        shutil.rmtree(pointer.read_text(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
