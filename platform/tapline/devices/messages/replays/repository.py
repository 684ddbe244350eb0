from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select

from tapline.devices.messages.model import DeadLetter
from tapline.devices.messages.replays.model import Replay, ReplayStep, StepState
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class Progress(NamedTuple):
    """How a replay stands: letters by how it went with them."""

    waiting: int
    understood: int
    failed: int
    ended: int

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def is_over(self) -> bool:
        return self.waiting == 0


class ReplayRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, replay: Replay, letter_ids: Collection[int]) -> None:
        self._session.add(replay)
        self._session.flush()
        self._session.execute(
            insert(ReplayStep),
            [
                {
                    "replay_id": replay.replay_id,
                    "dead_letter_id": letter_id,
                    "state": StepState.WAITING,
                }
                for letter_id in sorted(letter_ids)
            ],
        )

    def get(self, tenant_id: str, replay_id: UUID) -> Replay:
        replay = self._session.get(Replay, replay_id)
        if replay is None or replay.tenant_id != tenant_id:
            raise NotFoundError(f"no replay {replay_id}")
        return replay

    def newest(self, tenant_id: str, limit: int) -> Sequence[Replay]:
        return self._session.scalars(
            select(Replay)
            .where(Replay.tenant_id == tenant_id, Replay.rehearsal.is_(False))
            .order_by(Replay.asked_at.desc(), Replay.replay_id)
            .limit(limit)
        ).all()

    def progress(self, replay_ids: Collection[UUID]) -> dict[UUID, Progress]:
        counted = self._session.execute(
            select(ReplayStep.replay_id, ReplayStep.state, func.count())
            .where(ReplayStep.replay_id.in_(replay_ids))
            .group_by(ReplayStep.replay_id, ReplayStep.state)
        )
        counts: dict[UUID, dict[StepState, int]] = {one: {} for one in replay_ids}
        for replay_id, state, count in counted:
            counts[replay_id][state] = count
        return {
            replay_id: Progress(*(of.get(state, 0) for state in StepState))
            for replay_id, of in counts.items()
        }

    def waiting(self) -> tuple[Replay, ReplayStep, DeadLetter] | None:
        """The next letter of the oldest replay, locked; those that another one does are passed
        over."""
        found = self._session.execute(
            select(Replay, ReplayStep, DeadLetter)
            .join(ReplayStep, ReplayStep.replay_id == Replay.replay_id)
            .join(DeadLetter, DeadLetter.dead_letter_id == ReplayStep.dead_letter_id)
            .where(ReplayStep.state == StepState.WAITING)
            .order_by(ReplayStep.replay_id, ReplayStep.dead_letter_id)
            .limit(1)
            .with_for_update(of=(ReplayStep, DeadLetter), skip_locked=True)
            .execution_options(populate_existing=True)
        ).first()
        return None if found is None else (found[0], found[1], found[2])

    def newest_step(self, dead_letter_id: int) -> tuple[Replay, ReplayStep] | None:
        """The last time that somebody asked for a letter."""
        found = self._session.execute(
            select(Replay, ReplayStep)
            .join(ReplayStep, ReplayStep.replay_id == Replay.replay_id)
            .where(ReplayStep.dead_letter_id == dead_letter_id)
            .order_by(Replay.asked_at.desc(), Replay.replay_id.desc())
            .limit(1)
        ).first()
        return None if found is None else (found[0], found[1])
