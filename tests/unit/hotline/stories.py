"""What an exchange tells of one call."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tapline.hotline import CallEvent

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AGENT = UUID(int=7)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def event(kind: str, seconds: float, **detail: Any) -> CallEvent:
    """An event that occurred so long after the beginning."""
    return CallEvent(
        provider="sim",
        provider_event_id=f"{kind}:{seconds}",
        kind=kind,
        occurred_at=at(seconds),
        received_at=at(seconds),
        detail=detail,
    )


def answered_call() -> list[CallEvent]:
    """Rung by two agents, answered by the second, held once, ended by the customer."""
    return [
        event("call.arrived", 0),
        event("call.digits", 2, digits="1"),
        event("call.queued", 2),
        event("call.ringing", 3),
        event("call.ringing", 20),
        event("call.answered", 25, agent_id=str(AGENT)),
        event("call.held", 30),
        event("call.resumed", 40),
        event("call.ended", 85, result={"hangup_side": "customer"}),
        event(
            "call.cdr",
            86,
            result={"hangup_side": "customer", "cause": "normal"},
            times={"arrived": at(0.5).isoformat(), "ended": at(85.5).isoformat()},
        ),
        event("recording.ready", 200, recording={"ref": "rec-1", "url": "https://r.example/1"}),
    ]
