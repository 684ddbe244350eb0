"""Messages to bodies and back. A body is read by its topic's name; types are never guessed."""

from typing import Annotated, NoReturn

import msgspec

from tapline_gateway.protocol import shape
from tapline_gateway.protocol.errors import SchemaError, UnknownMessageError
from tapline_gateway.protocol.messages import (
    BATCH_FACTS_MAX,
    MESSAGES,
    BrokenFact,
    Fact,
    Message,
    TxnBatch,
    TxnFrame,
)
from tapline_gateway.protocol.messages.base import Part
from tapline_gateway.protocol.messages.fields import Seq, Small

# A decoder that is called near the end of the stack may fail by recursion even on a shallow body.
_UNREADABLE = (msgspec.MsgspecError, RecursionError)


class _RawBatch(msgspec.Struct, tag_field="v", tag=1):
    boot: Small
    facts: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=BATCH_FACTS_MAX)]


class _Numbered(Part, frozen=True):
    seq: Seq


_ENCODER = msgspec.json.Encoder()
_DECODERS = {name: msgspec.json.Decoder(message) for name, message in MESSAGES.items()}
_TXN = msgspec.json.Decoder(TxnBatch)
_RAW_BATCH = msgspec.json.Decoder(_RawBatch)
_FACT = msgspec.json.Decoder(Fact)
_NUMBERED = msgspec.json.Decoder(_Numbered)


def encode(message: Message) -> bytes:
    """Compact UTF-8 JSON, `"v":1` first. Fields at their default are left out."""
    return _ENCODER.encode(message)


def decode(name: str, body: bytes) -> Message:
    """The message of a topic named `name` (`st`, `up/txn`, `dn/ack`, …).

    Raises `UnknownMessageError` for a name of no message, else `SchemaError` with the reason.
    """
    decoder = _DECODERS.get(name)
    if decoder is None:
        raise UnknownMessageError(f"no message is named {name[:40]!r} in this version")
    shape.check(body)
    try:
        return decoder.decode(body)
    except _UNREADABLE as error:
        _refuse(error)


def decode_txn(body: bytes) -> TxnFrame:
    """A batch of facts, in which single facts may be broken: each good one is still worth money,
    and a broken one is still answered.

    Raises `SchemaError` where the batch itself cannot be read: not an object, no `boot`, another
    version, more than `BATCH_FACTS_MAX` facts.
    """
    try:
        shape.check(body)
        batch = _TXN.decode(body)
    except (SchemaError, *_UNREADABLE):
        return _salvage(body)
    return TxnFrame(boot=batch.boot, facts=list(batch.facts))


def _salvage(body: bytes) -> TxnFrame:
    shape.check_depth(body)
    try:
        batch = _RAW_BATCH.decode(body)
    except _UNREADABLE as error:
        _refuse(error)
    return TxnFrame(boot=batch.boot, facts=[_read_fact(bytes(raw)) for raw in batch.facts])


def _read_fact(raw: bytes) -> Fact | BrokenFact:
    try:
        shape.check(raw)
        return _FACT.decode(raw)
    except (SchemaError, *_UNREADABLE) as error:
        return BrokenFact(seq=_read_seq(raw), reason=str(error), raw=raw)


def _read_seq(raw: bytes) -> int | None:
    try:
        return _NUMBERED.decode(raw).seq
    except _UNREADABLE:
        return None


def _refuse(error: Exception) -> NoReturn:
    reason = str(error)
    if reason.endswith("`$.v`"):
        reason = "a version that is not spoken here: send v = 1"
    raise SchemaError(reason) from None
