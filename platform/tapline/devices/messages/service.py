from collections.abc import Sequence
from dataclasses import dataclass

from tapline import clock
from tapline.devices.messages.model import DeadLetter
from tapline.devices.messages.repository import MessageRepository
from tapline.uow import UnitOfWork

_PAYLOAD_BYTES_MAX = 16 * 1024


@dataclass(frozen=True, slots=True)
class Raw:
    """A frame whose sender is known."""

    tenant_id: str
    device_id: str
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A message that is not acted on. What its topic claims is a claim only."""

    tenant_id: str | None
    device_id: str | None
    topic: str
    payload: bytes
    code: str
    reason: str


def keep(uow: UnitOfWork, raws: Sequence[Raw]) -> Sequence[int]:
    """Store frames as they came; the ids by which facts name them, in order."""
    if not raws:
        return []
    now = clock.now()
    return MessageRepository(uow).add_raw(
        [
            {
                "tenant_id": raw.tenant_id,
                "device_id": raw.device_id,
                "topic": raw.topic,
                "payload": raw.payload,
                "received_at": now,
            }
            for raw in raws
        ]
    )


def bury(uow: UnitOfWork, refusals: Sequence[Refusal]) -> None:
    """Store refused messages for a person; the payload is cut at 16 KiB."""
    if not refusals:
        return
    now = clock.now()
    MessageRepository(uow).add_dead(
        [
            {
                "tenant_id": refusal.tenant_id,
                "device_id": refusal.device_id,
                "topic": _printable(refusal.topic),
                "payload": refusal.payload[:_PAYLOAD_BYTES_MAX],
                "payload_bytes": len(refusal.payload),
                "code": refusal.code,
                "reason": _printable(refusal.reason),
                "received_at": now,
            }
            for refusal in refusals
        ]
    )


def buried(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[DeadLetter]:
    """A tenant's dead letters, newest first."""
    return MessageRepository(uow).dead(tenant_id, limit)


def _printable(text: str) -> str:
    """PostgreSQL stores no NUL, and half a surrogate is no text at all."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode("utf-8")
