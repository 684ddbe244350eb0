"""How a new device gets a key of its own. Spoken in the branch of a batch's claim credential."""

from typing import Annotated, ClassVar

from msgspec import Meta

from tapline_gateway.protocol.messages.base import Message
from tapline_gateway.protocol.messages.fields import Id, Word

Serial = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$(?!\n)")]
PublicKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
Box = Annotated[str, Meta(min_length=1, max_length=2048)]


class Claim(Message, frozen=True, kw_only=True):
    """A new device asks for its own key, by the credential of its batch.

    req: idempotency key; asked again with the same `pub`, the same device is meant
    serial: what its maker shipped it as; it becomes the device id
    pub: its X25519 public key, base64url without padding
    hw: hardware model
    fw: firmware version
    """

    NAME: ClassVar[str] = "up/claim"
    REPLAY: ClassVar[str] = "only the holder of `pub`'s private key can read the answer"

    req: Id
    serial: Serial
    pub: PublicKey
    hw: Id | None = None
    fw: Id | None = None


class ClaimAnswer(Message, frozen=True, kw_only=True):
    """A device's own key and login, for its eyes alone; or why there are none.

    req: the request answered
    serial: the device
    ok: granted
    pub: the platform's X25519 public key, made for this answer
    box: the secrets, encrypted
    why: why not: `unknown`, `claimed` or `ended`
    """

    NAME: ClassVar[str] = "dn/claim"
    REPLAY: ClassVar[str] = "echoes `req`"

    req: Id
    serial: Serial
    ok: bool
    pub: PublicKey | None = None
    box: Box | None = None
    why: Word | None = None
