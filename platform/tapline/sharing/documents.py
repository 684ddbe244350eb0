"""The file that one operator gives to another: a signed text with an extract of a statement in it.

The content is signed as the bytes that it was written in, and read only after that: nothing depends
on how somebody's library writes JSON. Ed25519, RFC 8032.
"""

import json
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from tapline.errors import InvalidError

FORMAT = "tapline-shared-1"
REVOCATION = "tapline-revocation-1"
CLAIMS = "tapline-claims-1"
DOCUMENT_BYTES_MAX = 20_000_000


class Party(Struct, frozen=True, forbid_unknown_fields=True):
    """An operator; `key` is its public key in hexadecimal."""

    key: str
    name: str
    legal_entity: str


class Agreed(Struct, frozen=True, forbid_unknown_fields=True):
    """What the customer consented to."""

    consent: UUID
    wording: int
    purpose: str
    fields: list[str]
    given_at: datetime
    ends_on: date


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """The seal that the extract ends with; `hash` in hexadecimal."""

    seq: int
    day: date
    hash: str


class Content(Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed. `receiver` has the key of the operator that it was made for."""

    export: UUID
    made_at: datetime
    sender: Party
    receiver: Party
    agreed: Agreed
    head: Head
    extract: dict[str, Any]


class Revocation(Struct, frozen=True, forbid_unknown_fields=True):
    """A customer took a consent back: whoever has a file that was made on it deletes that."""

    consent: UUID
    revoked_at: datetime
    sender: Party
    receiver: Party


class ClaimedPour(Struct, frozen=True, forbid_unknown_fields=True):
    """Water that a card of the receiver's drew at a machine of the sender's.

    `atc` is the card's counter after it, `seq` the machine's number of it; amounts in fen.
    """

    device: str
    seq: int
    card: str
    atc: int
    before_fen: int
    after_fen: int
    amount_fen: int
    at: datetime


class ClaimedCorrection(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked less, or more again, for a pour that was claimed: `amount_fen` has its sign.

    `statement` is the claim that asks for the pour, `device` and `seq` the pour; `revision` counts
    its corrections from 1.
    """

    statement: UUID
    device: str
    seq: int
    revision: int
    amount_fen: int
    at: datetime


class Claims(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one operator asks of another for its cards' water in a period, both days included."""

    statement: UUID
    made_at: datetime
    sender: Party
    receiver: Party
    period_from: date
    period_to: date
    pours: list[ClaimedPour]
    corrections: list[ClaimedCorrection] = []


_FORMATS: dict[type[Struct], str] = {Content: FORMAT, Revocation: REVOCATION, Claims: CLAIMS}
_Signed = TypeVar("_Signed", Content, Revocation, Claims)


class _Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    key: str
    content: str
    signature: str


def new_key() -> tuple[bytes, bytes]:
    """A private key and its public key, 32 bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def sign(content: Content | Revocation | Claims, private: bytes) -> str:
    """The file, as JSON."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    text = msgspec.json.encode(content).decode()
    name = _FORMATS[type(content)]
    envelope = {
        "format": name,
        "key": key.public_key().public_bytes_raw().hex(),
        "content": text,
        "signature": key.sign(_signed(name, text)).hex(),
    }
    return json.dumps(envelope, ensure_ascii=False, indent=1) + "\n"


def text_of(document: bytes) -> str:
    """A file as it came, as text; `InvalidError` where it is too large or none."""
    if len(document) > DOCUMENT_BYTES_MAX:
        raise InvalidError(f"a file has at most {DOCUMENT_BYTES_MAX // 1_000_000} MB")
    try:
        return document.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidError("this is no shared statement: it is not written in UTF-8") from None


def signer(document: str) -> str:
    """The public key, in hexadecimal, by which a file says that it was signed."""
    return _envelope(document).key


def opened(document: str, key: str) -> Content:
    """The shared statement that was signed with `key`, a public key in hexadecimal.

    Raises:
        InvalidError: it is no such file, was not signed with the key, or was changed since.
    """
    return _opened(document, key, Content)


def opened_revocation(document: str, key: str) -> Revocation:
    """The revocation that was signed with `key`; raises as `opened`."""
    return _opened(document, key, Revocation)


def opened_claims(document: str, key: str) -> Claims:
    """The claims that were signed with `key`; raises as `opened`."""
    return _opened(document, key, Claims)


def _opened(document: str, key: str, kind: type[_Signed]) -> _Signed:
    envelope, name = _envelope(document), _FORMATS[kind]
    if envelope.format != name:
        raise InvalidError(f"its format is {envelope.format}, not {name}")
    if envelope.key != key:
        raise InvalidError("this file is signed with another key than the one expected")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(envelope.signature), _signed(name, envelope.content))
    except (InvalidSignature, ValueError):
        raise InvalidError(
            "the signature does not fit: the file was changed on its way; ask for it again"
        ) from None
    try:
        return msgspec.json.decode(envelope.content, type=kind)
    except msgspec.MsgspecError as error:
        raise InvalidError(f"what was signed is not what it says: {error}") from None


def _envelope(document: str) -> _Envelope:
    try:
        envelope = msgspec.json.decode(document, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise InvalidError(f"this is no shared statement: {error}") from None
    if envelope.format not in _FORMATS.values():
        raise InvalidError(f"its format is {envelope.format}, which nobody here knows")
    return envelope


def _signed(name: str, text: str) -> bytes:
    """Named by the format, so that the signature fits nothing else that the key may sign."""
    return f"{name}\n{text}".encode()
