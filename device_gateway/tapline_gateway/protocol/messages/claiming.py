"""How a new device gets a key of its own, in the branch of a batch's claim credential; and how one
that has its key gets a certificate."""

from typing import Annotated, ClassVar

from msgspec import Meta

from tapline_gateway.protocol.messages.base import Message
from tapline_gateway.protocol.messages.fields import Id, Stamp, Word

Serial = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$(?!\n)")]
PublicKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
Certificate = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,4096}$(?!\n)")]
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


class CertificateRequest(Message, frozen=True, kw_only=True):
    """A device asks for a certificate, the first or the next.

    req: the question, echoed
    csr: its certification request (PKCS #10), DER in base64url without padding
    """

    NAME: ClassVar[str] = "up/cert"
    REPLAY: ClassVar[str] = "the same key is given the same certificate until it is due"

    req: Id
    csr: Certificate


class CertificateAnswer(Message, frozen=True, kw_only=True):
    """A device's certificate; or why there is none.

    req: the request answered
    ok: granted
    cert: its certificate, DER in base64url without padding
    issuer: that of the authority which issued it, to be shown with it
    root: that of the root, by which the broker is to be known
    exp: when it ends
    why: why not: `csr`, `limit` or `none`
    """

    NAME: ClassVar[str] = "dn/cert"
    REPLAY: ClassVar[str] = "echoes `req`; of use to the holder of the key alone"

    req: Id
    ok: bool
    cert: Certificate | None = None
    issuer: Certificate | None = None
    root: Certificate | None = None
    exp: Stamp | None = None
    why: Word | None = None
