"""Yunshui: a maker's cloud that pushes its machines' sales to us over HTTPS.

    {"records":[{"txn":"20261122000123","dev":"YS-7781","card":"88001234","amount":"1.00",
                 "balance":"51.30","ml":1500,"at":"2026-11-22 08:15:02","result":"SUCCESS"}]}

`txn` is the cloud's own number, counted over all its machines: it rises, names a sale for good and
is what we know it by; a sale without one cannot be told from its copy and is set aside. A push is
signed (`Cloud.claim`) and answered once it is stored; what its records say follows. Nobody but the
cloud vouches for any of it, and a machine can be told nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from tapline.devices import Assurance
from tapline.devices.vendors import Claim, PushRefusedError
from tapline.errors import InvalidError
from tapline_gateway.protocol import CommandOp, SchemaError, shape
from tapline_gateway.vendors.adapter import (
    RECORD_BYTES_MAX,
    Capability,
    Said,
    UnreadableError,
    fen,
    local_ts,
    pour,
)

NAME = "yunshui"
TITLE = "Yunshui, pushed by its cloud"
ASSURANCE = Assurance.CLOUD
CAPABILITIES = frozenset({Capability.AFTER, Capability.WATER})
OPERATIONS: frozenset[CommandOp] = frozenset()
RECORDS_MAX = 500

_MOMENT, _NONCE, _SIGNATURE = "x-yunshui-timestamp", "x-yunshui-nonce", "x-yunshui-signature"
_STATUSES = {"SUCCESS": "ok", "PARTIAL": "partial", "NO_WATER": "no_flow", "FAILED": "fault"}
_BROKEN = (msgspec.MsgspecError, RecursionError, SchemaError, UnicodeDecodeError)


class _Record(msgspec.Struct, frozen=True):
    dev: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]
    card: str
    amount: str
    at: Annotated[str, Meta(max_length=40)]
    result: str
    ml: int
    txn: Annotated[str, Meta(pattern=r"^[1-9]\d{0,14}\Z")] | None = None
    balance: str | None = None


class _Named(msgspec.Struct, frozen=True):
    dev: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}\Z")]


class _Push(msgspec.Struct, frozen=True):
    records: Annotated[list[msgspec.Raw], Meta(max_length=RECORDS_MAX)]


_RECORD = msgspec.json.Decoder(_Record)
_NAMED = msgspec.json.Decoder(_Named)
_PUSH = msgspec.json.Decoder(_Push)


def records(body: bytes) -> list[bytes]:
    """The records of a push, each as it came; `UnreadableError` where it is none."""
    try:
        shape.check_depth(body)
        return [bytes(raw) for raw in _PUSH.decode(body).records]
    except _BROKEN as error:
        raise UnreadableError(f"not a push: {error}") from None


def read(_address: str, raw: bytes) -> Said:
    """One sale."""
    if len(raw) > RECORD_BYTES_MAX:
        raise UnreadableError(f"a record of {len(raw)} bytes: at most {RECORD_BYTES_MAX}")
    try:
        shape.check_depth(raw)
        return _sale(_RECORD.decode(raw))
    except (UnreadableError, *_BROKEN) as error:
        raise UnreadableError(str(error), foreign_id=_machine(raw)) from None


def receipt(_foreign_id: str, _ref: int) -> None:
    """Nothing: the push was answered when it was stored."""


class Signing:
    """HMAC-SHA256 over timestamp, nonce and body, in hexadecimal. Implements `Cloud`."""

    def claim(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> Claim:
        """As `Cloud`."""
        moment, nonce = headers.get(_MOMENT, ""), headers.get(_NONCE, "")
        stated = headers.get(_SIGNATURE, "")
        expected = hmac.digest(secret, f"{moment}\n{nonce}\n".encode() + body, hashlib.sha256)
        if not hmac.compare_digest(expected.hex().encode(), stated.encode()):
            raise PushRefusedError(
                f"{_SIGNATURE}: not made with this account's secret over timestamp, nonce and body"
            )
        if not 8 <= len(nonce) <= 64 or not (moment.isascii() and moment.isdecimal()):
            raise PushRefusedError(
                f"send {_MOMENT} in seconds since 1970, and {_NONCE} with 8 to 64 characters"
            )
        try:
            return Claim(nonce=nonce, signed_at=datetime.fromtimestamp(int(moment), UTC))
        except (OverflowError, ValueError, OSError):
            raise PushRefusedError(f"{_MOMENT}: no moment") from None

    def check(self, body: bytes) -> None:
        """As `Cloud`."""
        try:
            given = records(body)
        except UnreadableError as error:
            raise InvalidError(str(error)) from None
        if any(len(raw) > RECORD_BYTES_MAX for raw in given):
            raise InvalidError(f"a record has at most {RECORD_BYTES_MAX} bytes")


def _sale(said: _Record) -> Said:
    if said.txn is None:
        raise UnreadableError("no txn: a sale without a number cannot be told from its copy")
    if said.result not in _STATUSES:
        raise UnreadableError(f"result {said.result[:20]!r}: not known")
    fact = pour(
        seq=int(said.txn),
        ts=_ts(said.at),
        card={"no": said.card, "kind": "m1"},
        amt=fen(said.amount, "amount"),
        bal_after=None if said.balance is None else fen(said.balance, "balance"),
        ml=said.ml,
        status=_STATUSES[said.result],
    )
    return Said(foreign_id=said.dev, message=fact)


def _ts(text: str) -> str | None:
    """A time that is none costs no sale."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo else local_ts(moment)


def _machine(raw: bytes) -> str | None:
    """Whose record it is, where nothing else of it can be read."""
    try:
        return _NAMED.decode(raw).dev
    except _BROKEN:
        return None
