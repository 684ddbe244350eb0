"""From a message off the wire to a letter whose sender is known, or to a refusal with its reason.

Size, shape and signature are checked before anything is decoded. What cannot be authenticated is
kept as a dead letter and never answered with a release: anybody may write anybody's name.
"""

import hashlib
from dataclasses import dataclass

from tapline.devices import Assurance
from tapline.devices.messages import Refusal
from tapline_gateway.keyring import KeyRing, Keys
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import (
    Claim,
    Message,
    Nack,
    NackAct,
    NackCode,
    ProtocolError,
    SchemaError,
    SignatureError,
    TooBigError,
    Topic,
    TxnFrame,
    UnknownMessageError,
    decode,
    decode_txn,
    open_frame,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What tells a machine of another maker, in its own manner, that we have what it said.

    To be sent after the commit; `address` is a topic where it goes over MQTT.
    """

    address: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a maker says of sales that the machine itself tells us of."""

    vendor: str
    sales: TxnFrame


@dataclass(frozen=True, slots=True)
class Letter:
    """A message whose sender is known, decoded.

    `vendor` and `address` say in whose language it came and where to, where that is not ours.
    """

    topic: Topic
    payload: bytes
    message: Message | TxnFrame | Testimony
    assurance: Assurance = Assurance.DEVICE
    vendor: str | None = None
    address: str = ""
    receipt: Receipt | None = None
    replayed: bool = False
    """Whether a person had it tried again: its machine has not spoken now."""
    is_renewed: bool = False
    """Whether it is signed with the key that its device was sent, and had not used before."""

    @property
    def tenant_id(self) -> str:
        return self.topic.tenant

    @property
    def device_id(self) -> str:
        return self.topic.device_id

    @property
    def changes_keys(self) -> bool:
        """Whether after it its device, or a new one, has another key than before."""
        return self.is_renewed or isinstance(self.message, Claim)

    @property
    def came_to(self) -> str:
        """The topic or address that it was sent to."""
        return self.address or str(self.topic)

    def refusal(self, code: str, reason: str, *, is_released: bool = False) -> Refusal:
        """The dead letter that this one becomes; whether its sender may forget it."""
        return Refusal(
            tenant_id=self.tenant_id,
            device_id=self.device_id,
            topic=self.came_to,
            payload=self.payload,
            code=code,
            reason=reason,
            vendor=self.vendor,
            is_released=is_released,
        )

    def parked(self, reason: str) -> "Refused":
        """The same, set aside as it is; its sender is told in its own language."""
        if self.vendor is not None:
            released = self.refusal(NackCode.SCHEMA.value, reason, is_released=True)
            return Refused(released, receipt=self.receipt)
        return refused(self.payload, self.topic, NackCode.SCHEMA, NackAct.PARK, reason)


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
    receipt: Receipt | None = None


Reading = Letter | Refused
"""What becomes of a message."""


def read(arrival: Arrival, keys: KeyRing) -> Letter | Refused | None:
    """What a message is. None for an empty retained one, which only clears the broker's copy."""
    try:
        topic = Topic.parse(arrival.topic)
    except ProtocolError as error:
        return Refused(_refusal(arrival, None, "topic", str(error)))
    if not arrival.payload and topic.name == "st":
        return None
    own = keys.keys_of(topic.tenant, topic.device_id, at_ms=arrival.at_ms)
    if own is None or own.is_claim != (topic.name == Claim.NAME):
        reason = f"tenant {topic.tenant} has no device {topic.device_id} that may say {topic.name}"
        return Refused(_refusal(arrival, None, "unknown_device", reason))
    return _opened(arrival, topic, own)


def _opened(arrival: Arrival, topic: Topic, keys: Keys) -> Letter | Refused:
    try:
        body, is_renewed = _verified(arrival, keys)
        message = decode_txn(body) if topic.name == "up/txn" else decode(topic.name, body)
    except TooBigError as error:
        return refused(arrival.payload, topic, NackCode.TOOBIG, NackAct.RESEND, str(error))
    except UnknownMessageError as error:
        return refused(arrival.payload, topic, NackCode.UNKNOWN, NackAct.PARK, str(error))
    except SchemaError as error:
        return refused(arrival.payload, topic, NackCode.SCHEMA, NackAct.PARK, str(error))
    except ProtocolError as error:
        return Refused(_refusal(arrival, topic, "unsigned", str(error)))
    return Letter(topic, arrival.payload, message, is_renewed=is_renewed)


def _verified(arrival: Arrival, keys: Keys) -> tuple[bytes, bool]:
    """The body, and whether the next key signed it: that is how a device takes it over."""
    if keys.present is not None:
        try:
            return open_frame(keys.present, arrival.topic, arrival.payload), False
        except SignatureError:
            if keys.following is None:
                raise
    assert keys.following is not None, "a device has a key or is given one"
    return open_frame(keys.following, arrival.topic, arrival.payload), True


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
