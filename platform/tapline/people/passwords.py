"""Passwords: argon2id at rest, generated when an account is made, never known beforehand."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from tapline.errors import InvalidError

SHORTEST = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash(secrets.token_hex())


def generated() -> str:
    """A password to be read out once: four groups of four, some 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The argon2id hash to store.

    Raises:
        InvalidError: it is too short.
    """
    if len(password) < SHORTEST:
        raise InvalidError(f"a password takes at least {SHORTEST} characters")
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one; equally slow where there is no account."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password)
    except VerifyMismatchError:
        return False
    return password_hash is not None
