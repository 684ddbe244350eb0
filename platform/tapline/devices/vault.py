"""Device keys at rest: sealed with AES-256-GCM under the key file, bound to the device's id."""

import secrets
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tapline.errors import InvalidError

_NONCE_BYTES = 12
KEY_BYTES = 32


class Vault:
    """Seals and opens device keys. Who has the database alone cannot sign for a device."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise InvalidError(f"a vault key has {KEY_BYTES} bytes, not {len(master)}")
        self._cipher = AESGCM(master)

    @classmethod
    def at(cls, path: Path) -> Self:
        """The vault of a key file: 32 bytes in hexadecimal.

        Raises:
            InvalidError: there is no such file, or it holds something else.
        """
        try:
            return cls(bytes.fromhex(path.read_text("ascii").strip()))
        except FileNotFoundError:
            raise InvalidError(f"no key file at {path}: start with `tapline up`") from None
        except ValueError:
            raise InvalidError(f"{path} does not hold 32 bytes in hexadecimal") from None

    def seal(self, device_id: str, key: bytes) -> bytes:
        """The key, encrypted; it opens for this device alone."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, device_id.encode())

    def open(self, device_id: str, box: bytes) -> bytes:
        """What `seal` put in; `cryptography.exceptions.InvalidTag` when it was tampered with."""
        return self._cipher.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], device_id.encode())
