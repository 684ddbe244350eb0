"""Reading shipment lists, and the box in which a new device gets its secrets. Pure but for chance.

The box is X25519 with a key pair made for the answer (RFC 7748), HKDF-SHA256 (RFC 5869) of the
shared secret with both public keys as salt, and AES-256-GCM.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tapline.devices.credentials import Secrets, decoded, encoded, sealed_box
from tapline.devices.rules import is_device_id
from tapline.errors import InvalidError
from tapline.files.sheets import Row

_INFO_CLAIM = b"tapline claim v1"
_PUBLIC_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_NAMES = {
    "serial": ("serial", "序列号", "设备号"),
    "batch": ("batch", "批次"),
    "model": ("model", "型号"),
    "firmware": ("firmware", "固件", "固件版本"),
    "public_key": ("public_key", "公钥"),
}
_NEEDED = ("serial", "batch", "model", "firmware")


class Line(NamedTuple):
    """A device as its maker shipped it."""

    serial: str
    batch: str
    model: str
    firmware: str
    public_key: str | None


class Box(NamedTuple):
    """Secrets for one device's eyes, and our public key to open them with."""

    public_key: str
    content: str


def lines(rows: Sequence[Row]) -> list[Line]:
    """The devices of a shipment list, whose first row names the columns.

    Raises:
        InvalidError: a column is missing, or lines cannot be; it names the first of them.
    """
    if not rows:
        raise InvalidError(f"the list is empty: its first row names {', '.join(_NEEDED)}")
    places = _places(rows[0].cells)
    made = [_line(row, places) for row in rows[1:]]
    seen: set[str] = set()
    for row, line in zip(rows[1:], made, strict=True):
        if line.serial in seen:
            raise InvalidError(f"row {row.number}: serial {line.serial} stands in the list twice")
        seen.add(line.serial)
    return made


def _places(head: Sequence[str]) -> dict[str, int]:
    words = [cell.strip().lower() for cell in head]
    places = {
        name: words.index(known)
        for name, spellings in _NAMES.items()
        for known in spellings
        if known in words
    }
    if missing := [name for name in _NEEDED if name not in places]:
        raise InvalidError(f"no column {', '.join(missing)}: the first row names the columns")
    return places


def _line(row: Row, places: dict[str, int]) -> Line:
    cell = {
        name: row.cells[place].strip() if place < len(row.cells) else ""
        for name, place in places.items()
    }
    if not is_device_id(cell["serial"]):
        raise InvalidError(
            f"row {row.number}: serial {cell['serial']!r}: 1 to 32 letters, digits, - and _, not"
            " beginning with gateway or claim-"
        )
    if empty := [name for name in _NEEDED if not cell[name]]:
        raise InvalidError(f"row {row.number}: no {', '.join(empty)}")
    public_key = cell.get("public_key") or None
    if public_key is not None and not _is_public_key(public_key):
        raise InvalidError(f"row {row.number}: the public key is no X25519 key in base64url")
    return Line(cell["serial"], cell["batch"], cell["model"], cell["firmware"], public_key)


def _is_public_key(text: str) -> bool:
    return bool(_PUBLIC_KEY.fullmatch(text)) and len(decoded(text)) == 32


def claim_box(secrets: Secrets, public_key: str) -> Box | None:
    """The secrets, to be opened with `public_key`'s private key alone; None where it is no key."""
    theirs = decoded(public_key)
    ephemeral = X25519PrivateKey.generate()
    ours = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(theirs))
    except ValueError:  # not 32 bytes, or a point of small order
        return None
    content = sealed_box(secrets.packed(), shared, salt=theirs + ours, info=_INFO_CLAIM)
    return Box(encoded(ours), content)
