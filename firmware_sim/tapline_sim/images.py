"""Firmware images as this model runs them: what their manifest promises, and how they behave.

The device side of `docs/firmware.md`. A simulated image is a header of one JSON line, which says
what its code does, and padding.
"""

import hashlib
from collections.abc import Collection
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from tapline_gateway.protocol import OtaCode

PURPOSE = b"tapline firmware v1\n"
_MAGIC = b"TLSIM1 "


class Traits(Struct, frozen=True, kw_only=True):
    """What the code of an image does: whether it comes up at all, passes its self-test, and never
    opens the valve (`dry`)."""

    boots: bool = True
    selftest: bool = True
    dry: bool = False


class Promise(Struct, frozen=True, kw_only=True):
    """What a manifest says of its image; fields of later versions are ignored."""

    v: int
    version: str
    hw: tuple[str, ...]
    counter: int
    min_version: str | None = None
    size: int
    sha256: str


class Build(NamedTuple):
    """What a device is: its model, the keys in its boot loader (hexadecimal), what it left the
    factory with."""

    hw: str
    keys: Collection[str]
    factory: str


class Refused(Exception):  # noqa: N818 (an answer, not a fault)
    """The device does not take an image."""

    def __init__(self, code: OtaCode) -> None:
        super().__init__(code.name)
        self.code = code


def build(traits: Traits, *, size: int) -> bytes:
    """An image of `size` bytes whose code does what `traits` say."""
    head = _MAGIC + msgspec.json.encode(traits) + b"\n"
    if len(head) > size:
        raise ValueError(f"an image has at least {len(head)} bytes")
    return head + bytes(at * 31 % 251 for at in range(size - len(head)))


def traits_of(image: bytes) -> Traits:
    """How an image behaves; one that is no image does not come up."""
    first, _, _ = image.partition(b"\n")
    if not first.startswith(_MAGIC):
        return Traits(boots=False)
    return msgspec.json.decode(first[len(_MAGIC) :], type=Traits)


def promised(manifest: bytes, signature: bytes, device: Build) -> Promise:
    """What is promised of an image for this device.

    Raises:
        Refused: nobody whom the device trusts has signed it, or it is for another model.
    """
    if not any(_signed(key, manifest, signature) for key in device.keys):
        raise Refused(OtaCode.SIGNATURE)
    try:
        promise = msgspec.json.decode(manifest, type=Promise)
    except msgspec.DecodeError:
        raise Refused(OtaCode.SIGNATURE) from None
    if device.hw not in promise.hw:
        raise Refused(OtaCode.MODEL)
    return promise


def keeps(promise: Promise, image: bytes) -> bool:
    """Whether an image is the one that was promised."""
    return len(image) == promise.size and hashlib.sha256(image).hexdigest() == promise.sha256


def reaches(version: str, least: str | None) -> bool:
    """Whether a version is `least` or later; whatever is no version is earlier than all."""
    return least is None or _order(version) >= _order(least)


def _order(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _signed(key: str, manifest: bytes, signature: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(signature, PURPOSE + manifest)
    except InvalidSignature:
        return False
    return True
