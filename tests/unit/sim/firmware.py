"""Signed images for simulated devices, good ones and others."""

import base64
import hashlib
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tapline_sim.images import PURPOSE, Traits, build
from tapline_sim.slots import Order

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
SIZE = 5_000


def image(*, size: int = SIZE, **traits: bool) -> bytes:
    """An image whose code does what `traits` say."""
    return build(Traits(**traits), size=size)


def manifest(content: bytes, **changes: Any) -> bytes:
    """What a maker writes about an image; `changes` make it another."""
    said = {
        "v": 1,
        "version": "2.5.0",
        "hw": ["RO-50"],
        "counter": 3,
        "min_version": None,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return msgspec.json.encode(said | changes)


def signed(body: bytes) -> bytes:
    """The maker's signature."""
    return KEY.sign(PURPOSE + body)


def order(content: bytes, *, job: str = "job-1", **changes: Any) -> Order:
    """An update as a device is told of it."""
    body = manifest(content, **changes)
    return Order(
        job=job, url="http://x", manifest=body, signature=signed(body), stage="downloading"
    )


def args(content: bytes, *, url: str, job: str = "job-1", **changes: Any) -> dict[str, str]:
    """The same as it goes over the wire."""
    body = manifest(content, **changes)
    return {"job": job, "url": url, "manifest": text(body), "sig": text(signed(body))}


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
