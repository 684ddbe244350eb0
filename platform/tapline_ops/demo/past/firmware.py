"""A maker's new firmware, sent in and proposed: whoever looks is the second person.

The key that signed it is thrown away: nobody can sign another one for these machines.
"""

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tapline import rollouts
from tapline.rollouts import images
from tapline.rollouts.images import Manifest, Trust
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO
from tapline_sim.images import Traits, build

_MODEL, _VERSION = "RO-50", "2.5.0"
_BYTES = 192 * 1024


def scenes(past: Past) -> Iterator[Scene]:
    """Firmware that no machine runs yet."""

    def propose(uow: UnitOfWork) -> None:
        proposer = past.people["demo.zhu"]
        key = Ed25519PrivateKey.generate()
        content = build(Traits(), size=_BYTES)
        manifest = Manifest(
            version=_VERSION,
            hw=(_MODEL,),
            counter=1,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        image = images.upload(
            uow,
            trust=Trust((key.public_key().public_bytes_raw().hex(),)),
            tenant_id=DEMO,
            name="ro50-2.5.0.bin",
            content=content,
            signed=images.sign(manifest, key),
            notes="出水更平稳，时钟每十分钟校准",
            actor=proposer.login,
        )
        rollouts.propose(
            uow, staff=proposer, image_id=image.image_id, hw=_MODEL, reason="入冬前统一版本"
        )

    yield Scene(past.ago(1, 15), propose)


def keys(uow: UnitOfWork) -> list[str]:
    """The public keys whose images the simulated machines take, hexadecimal."""
    return sorted({one.signed_by for one in images.listed(uow, tenant_id=DEMO)})
