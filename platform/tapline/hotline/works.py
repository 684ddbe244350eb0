"""How calls and call-backs are described to the router. Pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tapline.hotline.callbacks.model import CallBack
from tapline.hotline.calls.model import Call
from tapline.routing import Medium, Work

CALLS = "calls"
CALLBACKS = "callbacks"
OVERFLOW_TO_CALLBACK = "callback"
"""What the queue `calls` names as its last step: the caller is promised a call."""

_WHITE_LISTED = 10
"""Minutes of waiting that a caller on the white list is ahead of others."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of_call(call: Call, *, skills: dict[str, int], priority: int, last_agent: UUID | None) -> Work:
    """A caller who waits; his own last agent is preferred."""
    assert call.effective_at is not None
    return Work(
        work_id=call.work_id,
        medium=Medium.VOICE,
        queue=CALLS,
        priority=priority + (_WHITE_LISTED if call.list_kind == "white" else 0),
        skills=skills,
        effective_enqueue_ms=_ms(call.effective_at),
        preferred_agent=str(last_agent) if last_agent else None,
        label=_label(call.ani, call.intent),
    )


def of_call_back(promise: CallBack) -> Work:
    """A promise, as old as the caller's waiting."""
    return Work(
        work_id=promise.work_id,
        medium=Medium.VOICE,
        queue=CALLBACKS,
        priority=30 if promise.urgent else 0,
        effective_enqueue_ms=_ms(promise.effective_at),
        label=_label(promise.phone, promise.intent),
    )


def subject_of(work_id: str) -> tuple[str, UUID] | None:
    """The kind and id in a work's name; None for what is not the hotline's."""
    kind, _, rest = work_id.partition(":")
    if kind not in {"call", "callback"}:
        return None
    try:
        return kind, UUID(rest)
    except ValueError:
        return None


def _label(phone: str, intent: str | None) -> str:
    return f"{intent or ''} …{phone[-4:]}".strip()


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
