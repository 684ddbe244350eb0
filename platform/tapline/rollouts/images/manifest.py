"""What is signed of an image: a few named fields of a JSON object, and Ed25519 over its bytes.

The fields are those that SUIT (draft-ietf-suit-manifest) and MCUboot settled on: whom it fits, what
it must find, its digest and size, and a counter that never falls. Pure.
"""

import hashlib
import re
from collections.abc import Collection
from typing import Annotated, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from tapline.errors import InvalidError

PURPOSE = b"tapline firmware v1\n"
"""Stands before the signed bytes, so that no other signature of the key passes for this one."""
SIGNATURE_BYTES = 64
MANIFEST_BYTES_MAX = 4096
_VERSION = r"^\d{1,6}(\.\d{1,6}){1,3}\Z"

Version = Annotated[str, Meta(pattern=_VERSION)]
Model = Annotated[str, Meta(min_length=1, max_length=64)]


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One image: for which models, from which version on, and what its bytes are.

    `counter` is the security counter: a machine never goes back behind the highest that it has run.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    version: Version
    hw: Annotated[tuple[Model, ...], Meta(min_length=1, max_length=32)]
    counter: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    min_version: Version | None = None
    size: Annotated[int, Meta(ge=1)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class SignedManifest(NamedTuple):
    """The manifest's bytes as they were signed, and the signature."""

    body: bytes
    signature: bytes


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> SignedManifest:
    """Sign a manifest; done where the private key is, which is never the server."""
    body = msgspec.json.encode(manifest)
    read(body)
    return SignedManifest(body, key.sign(PURPOSE + body))


def read(body: bytes) -> Manifest:
    """A manifest from its bytes; `InvalidError` says which field is wrong."""
    if len(body) > MANIFEST_BYTES_MAX:
        raise InvalidError(f"a manifest has at most {MANIFEST_BYTES_MAX} bytes")
    try:
        return msgspec.json.decode(body, type=Manifest)
    except msgspec.DecodeError as error:
        raise InvalidError(f"this is no firmware manifest: {error}") from None


def verify(signed: SignedManifest, image: bytes, keys: Collection[str]) -> tuple[Manifest, str]:
    """The manifest of an image, and the public key (hexadecimal) that signed it.

    Raises:
        InvalidError: no key that we trust has signed it, or the image is another one.
    """
    key = next((one for one in keys if _signed_by(one, signed)), None)
    if key is None:
        raise InvalidError(
            "no firmware key that this installation trusts has signed the manifest: sign it with "
            "`tapline firmware sign`, and name the public key in TAPLINE_FIRMWARE_KEYS"
        )
    manifest = read(signed.body)
    if len(image) != manifest.size or hashlib.sha256(image).hexdigest() != manifest.sha256:
        raise InvalidError("the image is not the one that was signed: size or SHA-256 differ")
    return manifest, key


def order(version: str) -> tuple[int, ...]:
    """By which versions compare; `()` for what is no version, before all others."""
    return tuple(map(int, version.split("."))) if re.match(_VERSION, version) else ()


def _signed_by(public_key: str, signed: SignedManifest) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(signed.signature, PURPOSE + signed.body)
    except InvalidSignature:
        return False
    return True
