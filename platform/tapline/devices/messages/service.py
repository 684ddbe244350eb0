from collections.abc import Sequence
from dataclasses import dataclass

from tapline import audit, clock
from tapline.devices.messages.model import DeadLetter, LetterEnd
from tapline.devices.messages.repository import MessageRepository, Pile, Which
from tapline.errors import ConflictError, InvalidError
from tapline.uow import UnitOfWork

_PAYLOAD_BYTES_MAX = 16 * 1024
OPEN_MAX = 1000
"""Open letters of one device which it still has: more of them tell a person nothing, and could
fill the disk."""


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
    vendor: str | None = None
    """In whose language it is, where that is not ours."""
    is_released: bool = False
    """Whether its sender is told that we have it, and so need not keep it."""


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
    """Store refused messages for a person.

    What was released is kept whole, however many there are: nobody else has it. Of the rest the
    payload is cut at 16 KiB, and what comes while so many of its device are open is not kept: the
    device still has it.
    """
    refusals = _with_room(uow, refusals)
    if not refusals:
        return
    now = clock.now()
    MessageRepository(uow).add_dead(
        [
            {
                "tenant_id": refusal.tenant_id,
                "device_id": refusal.device_id,
                "vendor": refusal.vendor,
                "topic": _printable(refusal.topic),
                "payload": _payload(refusal),
                "payload_bytes": len(refusal.payload),
                "code": refusal.code,
                "reason": _printable(refusal.reason),
                "received_at": now,
            }
            for refusal in refusals
        ]
    )


def _with_room(uow: UnitOfWork, refusals: Sequence[Refusal]) -> list[Refusal]:
    repository = MessageRepository(uow)
    named = {one.device_id for one in refusals if one.device_id is not None}
    room: dict[str | None, int] = {
        name: OPEN_MAX - repository.open_of(name, OPEN_MAX) for name in sorted(named)
    }
    kept = []
    for one in refusals:
        left = room.get(one.device_id, 1)
        if one.is_released or left > 0:
            kept.append(one)
            if one.device_id is not None:
                room[one.device_id] = left - 1
    return kept


def _payload(refusal: Refusal) -> bytes:
    return refusal.payload if refusal.is_released else refusal.payload[:_PAYLOAD_BYTES_MAX]


def buried(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    which: Which = Which(),  # noqa: B008 (it never changes)
    ended: bool = False,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[DeadLetter]:
    """A tenant's open dead letters, or those that ended, newest first; `before` is the id that
    the page before ended with."""
    return MessageRepository(uow).dead(tenant_id, which, ended=ended, before=before, limit=limit)


def letter(uow: UnitOfWork, *, tenant_id: str, dead_letter_id: int) -> DeadLetter:
    """One dead letter of the tenant; else `NotFoundError`."""
    return MessageRepository(uow).get(tenant_id, dead_letter_id, lock=False)


def piles(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Pile]:
    """How many are open, by language and reason."""
    return MessageRepository(uow).piles(tenant_id)


def discard(
    uow: UnitOfWork, *, tenant_id: str, dead_letter_id: int, actor: str, reason: str
) -> None:
    """Say that nothing follows from a letter. It is kept, with who said so and why.

    Raises:
        NotFoundError: no such letter.
        InvalidError: no reason is given.
        ConflictError: it has ended already.
    """
    if not reason.strip():
        raise InvalidError("say why nothing follows from it")
    found = MessageRepository(uow).get(tenant_id, dead_letter_id, lock=True)
    if found.resolved_at is not None:
        raise ConflictError("the letter has ended already: look at it again")
    found.resolved_at, found.resolution = clock.now(), LetterEnd.DISCARDED
    found.resolved_by, found.resolution_reason = actor, reason.strip()
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="deadletter.discard",
        subject=f"deadletter:{dead_letter_id}",
        reason=reason.strip(),
    )


def _printable(text: str) -> str:
    """PostgreSQL stores no NUL, and half a surrogate is no text at all."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode("utf-8")
