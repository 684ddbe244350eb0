from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tapline import audit, clock
from tapline.devices.messages.model import DeadLetter, LetterEnd
from tapline.devices.messages.replays.model import Replay, ReplayStep, StepState
from tapline.devices.messages.replays.repository import Progress, ReplayRepository
from tapline.devices.messages.repository import MessageRepository, Which
from tapline.errors import InvalidError
from tapline.ids import new_id
from tapline.uow import UnitOfWork

LETTERS_MAX = 5000
"""In one replay; the rest is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went with a letter: `document` says what it said, or `why` it cannot be."""

    why: str | None = None
    document: Mapping[str, Any]

    @property
    def state(self) -> StepState:
        return StepState.UNDERSTOOD if self.why is None else StepState.FAILED


def ask(uow: UnitOfWork, *, tenant_id: str, which: Which, rehearsal: bool, actor: str) -> Replay:
    """Have letters tried again; the gateway does it, one letter a transaction.

    Asked twice, the second finds nothing left to do.

    Raises:
        InvalidError: no open letter is meant.
    """
    meant = MessageRepository(uow).open_ids(tenant_id, which, limit=LETTERS_MAX)
    if not meant:
        raise InvalidError("no open dead letter is meant: somebody may have ended it meanwhile")
    words = {name: _word(value) for name, value in asdict(which).items() if value is not None}
    replay = Replay(
        replay_id=new_id(),
        tenant_id=tenant_id,
        rehearsal=rehearsal,
        choice=words,
        asked_by=actor,
        asked_at=clock.now(),
    )
    ReplayRepository(uow).add(replay, meant)
    if not rehearsal:
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=actor,
            action="deadletter.replay",
            subject=f"replay:{replay.replay_id}",
            reason=", ".join(f"{name} {word}" for name, word in words.items()),
        )
    return replay


def get(uow: UnitOfWork, *, tenant_id: str, replay_id: UUID) -> Replay:
    """A replay of the tenant; else `NotFoundError`."""
    return ReplayRepository(uow).get(tenant_id, replay_id)


def newest(uow: UnitOfWork, *, tenant_id: str, limit: int = 5) -> Sequence[Replay]:
    """The last replays that were no rehearsals."""
    return ReplayRepository(uow).newest(tenant_id, limit)


def progress(uow: UnitOfWork, *, replay_ids: Collection[UUID]) -> Mapping[UUID, Progress]:
    """How these stand."""
    return ReplayRepository(uow).progress(replay_ids)


def step_of(uow: UnitOfWork, *, letter: DeadLetter) -> tuple[Replay, ReplayStep] | None:
    """The last time that somebody asked for a letter, alone or with others."""
    return ReplayRepository(uow).newest_step(letter.dead_letter_id)


def take(uow: UnitOfWork) -> tuple[Replay, ReplayStep, DeadLetter] | None:
    """The next letter to try, locked; a step whose letter has ended meanwhile is closed."""
    while (waiting := ReplayRepository(uow).waiting()) is not None:
        _, step, letter = waiting
        if letter.resolved_at is None:
            return waiting
        step.state, step.done_at = StepState.ENDED, clock.now()
        uow.session.flush()
    return None


def finish(
    uow: UnitOfWork, *, replay: Replay, step: ReplayStep, letter: DeadLetter, outcome: Outcome
) -> None:
    """Note how it went; in earnest, the letter is ended or keeps its newest reason."""
    now = clock.now()
    step.state, step.done_at, step.outcome = outcome.state, now, dict(outcome.document)
    if outcome.why is not None:
        step.outcome["why"] = outcome.why
    if replay.rehearsal:
        return
    if outcome.why is None:
        letter.resolved_at, letter.resolution = now, LetterEnd.REPLAYED
        letter.resolved_by = replay.asked_by
    else:
        letter.tries, letter.reason = letter.tries + 1, outcome.why


def _word(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
