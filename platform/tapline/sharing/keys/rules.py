"""How a key is written. Pure."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tapline.errors import InvalidError


def public_key(text: str) -> str:
    """A public key as 64 small hexadecimal digits, however it was spaced.

    Raises:
        InvalidError: it is none.
    """
    digits = digest(text)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(digits))
    except ValueError:
        raise InvalidError("this is no public key of Ed25519: ask the operator again") from None
    return digits


def digest(text: str) -> str:
    """32 bytes as 64 small hexadecimal digits, however they were spaced.

    Raises:
        InvalidError: it is something else.
    """
    digits = "".join(text.split()).lower()
    try:
        if len(bytes.fromhex(digits)) == 32:
            return digits
    except ValueError:
        pass
    raise InvalidError(f"give 64 hexadecimal digits, not {len(digits)} characters")
