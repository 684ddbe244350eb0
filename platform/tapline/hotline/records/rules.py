"""From a call's events to its record. Pure: order and repetition of arrival play no part.

Providers push late, twice and in any order, and a hang-up may overtake its answer. So each field
comes from the event that knows best (cdr > ended > answered > ringing > queued > arrived), and
among equals from the earliest moment, never from the last to arrive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tapline.hotline.calls.model import CallEvent, Outcome

_RANK = {
    kind: rank
    for rank, kind in enumerate(
        ("call.cdr", "call.ended", "call.answered", "call.ringing", "call.queued", "call.arrived")
    )
}
_MOMENT_OF = {
    "call.arrived": "arrived",
    "call.queued": "queued",
    "call.answered": "answered",
    "call.ended": "ended",
}
DECIDED = "call.decided"
"""Our own event that says what became of a call."""

_Known = tuple[CallEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The fields of `CallRecord` that events tell; durations in whole seconds."""

    arrived_at: datetime | None
    queued_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    agent_id: UUID | None
    hangup_side: str
    cause: str
    keys: str
    wait_s: int | None
    ring_s: int | None
    talk_s: int | None
    hold_s: int
    recording: dict[str, Any] | None


def record_of(events: Iterable[CallEvent]) -> Record:
    """Fold everything that is known of one call."""
    known = tuple(sorted(events, key=_in_order))
    arrived, queued = _moment(known, "arrived"), _moment(known, "queued")
    answered, ended = _moment(known, "answered"), _moment(known, "ended")
    ringing = _ringing(known, answered)
    until = answered or ended
    return Record(
        arrived_at=arrived,
        queued_at=queued,
        ringing_at=ringing,
        answered_at=answered,
        ended_at=ended,
        outcome=_outcome(known, queued, ringing, answered, ended),
        agent_id=_agent(known) if answered else None,
        hangup_side=_best(known, "hangup_side"),
        cause=_best(known, "cause"),
        keys="".join(e.detail.get("digits", "") for e in known if e.kind == "call.digits"),
        wait_s=_seconds(queued, until),
        ring_s=_seconds(ringing, until),
        talk_s=_seconds(answered, ended),
        hold_s=_held_s(known, ended),
        recording=_recording(known),
    )


def _in_order(event: CallEvent) -> tuple[datetime, int, str, str]:
    rank = _RANK.get(event.kind, len(_RANK))
    return event.occurred_at, -rank, event.kind, event.provider_event_id or ""


def _by_knowledge(known: _Known) -> Sequence[CallEvent]:
    """Who knows best first; among equals the earliest."""
    return sorted(known, key=lambda event: _RANK.get(event.kind, len(_RANK)))


def _moment(known: _Known, name: str) -> datetime | None:
    for event in _by_knowledge(known):
        if told := event.detail.get("times", {}).get(name):
            return datetime.fromisoformat(told)
        if _MOMENT_OF.get(event.kind) == name:
            return event.occurred_at
    return None


def _ringing(known: _Known, answered: datetime | None) -> datetime | None:
    """The ringing that was answered; several telephones may have rung in vain before."""
    rung = [event.occurred_at for event in known if event.kind == "call.ringing"]
    heard = [moment for moment in rung if answered is None or moment <= answered]
    return max(heard, default=None) or _moment(known, "ringing")


def _outcome(
    known: _Known,
    queued: datetime | None,
    ringing: datetime | None,
    answered: datetime | None,
    ended: datetime | None,
) -> Outcome | None:
    """That they talked outweighs what we took it for; then our word; then the provider's."""
    if ended is None:
        return None
    if answered is not None:
        return Outcome.ANSWERED
    decided = next((e.detail["outcome"] for e in known if e.kind == DECIDED), "")
    told = decided or _best(known, "disposition")
    if told in set(Outcome):
        return Outcome(told)
    if ringing is not None:
        return Outcome.ABANDONED_RING
    return Outcome.ABANDONED_IVR if queued is None else Outcome.ABANDONED_QUEUE


def _agent(known: _Known) -> UUID | None:
    for event in _by_knowledge(known):
        if event.kind in {"call.cdr", "call.ended", "call.answered"} and "agent_id" in event.detail:
            return UUID(event.detail["agent_id"])
    return None


def _best(known: _Known, name: str) -> str:
    told = (event.detail.get("result", {}).get(name, "") for event in _by_knowledge(known))
    return next(filter(None, told), "")


def _held_s(known: _Known, ended: datetime | None) -> int:
    total, since = timedelta(), None
    for event in known:
        if event.kind == "call.held" and since is None:
            since = event.occurred_at
        elif event.kind == "call.resumed" and since is not None:
            total, since = total + (event.occurred_at - since), None
    if since is not None and ended is not None:
        total += max(ended - since, timedelta())
    return total // timedelta(seconds=1)


def _recording(known: _Known) -> dict[str, Any] | None:
    told = (e.detail.get("recording") for e in known if e.kind == "recording.ready")
    return next(filter(None, told), None)


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return max(end - start, timedelta()) // timedelta(seconds=1)
