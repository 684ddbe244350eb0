"""From a message off the wire to a letter whose sender is known, or to a refusal with its reason.

Size, shape and signature are checked before anything is decoded. What cannot be authenticated is
kept as a dead letter and never answered with a release: anybody may write anybody's name.
"""

import hashlib
from dataclasses import dataclass

from tapline.devices.messages import Refusal
from tapline_gateway.keyring import KeyRing
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import (
    Message,
    Nack,
    NackAct,
    NackCode,
    ProtocolError,
    SchemaError,
    TooBigError,
    Topic,
    TxnFrame,
    UnknownMessageError,
    decode,
    decode_txn,
    open_frame,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that its device signed, decoded."""

    topic: Topic
    payload: bytes
    message: Message | TxnFrame

    @property
    def tenant_id(self) -> str:
        return self.topic.tenant

    @property
    def device_id(self) -> str:
        return self.topic.device_id

    def refusal(self, code: str, reason: str) -> Refusal:
        """The dead letter that this one becomes."""
        return Refusal(
            tenant_id=self.tenant_id,
            device_id=self.device_id,
            topic=str(self.topic),
            payload=self.payload,
            code=code,
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A message down to a device, to be signed and published after the commit."""

    tenant_id: str
    device_id: str
    message: Message


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that is not acted on; `answer` tells a sender who is known what to do."""

    refusal: Refusal
    answer: Answer | None = None


def read(arrival: Arrival, keys: KeyRing) -> Letter | Refused | None:
    """What a message is. None for an empty retained one, which only clears the broker's copy."""
    try:
        topic = Topic.parse(arrival.topic)
    except ProtocolError as error:
        return Refused(_refusal(arrival, None, "topic", str(error)))
    if not arrival.payload and topic.name == "st":
        return None
    key = keys.key_of(topic.tenant, topic.device_id)
    if key is None:
        reason = f"tenant {topic.tenant} has no device {topic.device_id}"
        return Refused(_refusal(arrival, None, "unknown_device", reason))
    return _opened(arrival, topic, key)


def _opened(arrival: Arrival, topic: Topic, key: bytes) -> Letter | Refused:
    try:
        body = open_frame(key, arrival.topic, arrival.payload)
        message = decode_txn(body) if topic.name == "up/txn" else decode(topic.name, body)
    except TooBigError as error:
        return refused(arrival.payload, topic, NackCode.TOOBIG, NackAct.RESEND, str(error))
    except UnknownMessageError as error:
        return refused(arrival.payload, topic, NackCode.UNKNOWN, NackAct.PARK, str(error))
    except SchemaError as error:
        return refused(arrival.payload, topic, NackCode.SCHEMA, NackAct.PARK, str(error))
    except ProtocolError as error:
        return Refused(_refusal(arrival, topic, "unsigned", str(error)))
    return Letter(topic, arrival.payload, message)


def refused(payload: bytes, topic: Topic, code: NackCode, act: NackAct, reason: str) -> Refused:
    """Refuse a message of a known device, and tell it."""
    nack = Nack(topic=topic.name, sha256=hashlib.sha256(payload).hexdigest(), code=code, act=act)
    refusal = Refusal(
        tenant_id=topic.tenant,
        device_id=topic.device_id,
        topic=str(topic),
        payload=payload,
        code=code.value,
        reason=reason,
    )
    return Refused(refusal, Answer(topic.tenant, topic.device_id, nack))


def _refusal(arrival: Arrival, topic: Topic | None, code: str, reason: str) -> Refusal:
    return Refusal(
        tenant_id=topic.tenant if topic else None,
        device_id=topic.device_id if topic else None,
        topic=arrival.topic,
        payload=arrival.payload,
        code=code,
        reason=reason,
    )
