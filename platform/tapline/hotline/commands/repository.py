from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tapline.hotline.commands.model import CommandState, QueuedCommand
from tapline.hotline.port import CommandKind
from tapline.uow import UnitOfWork


class CommandRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, command: QueuedCommand) -> None:
        self._session.add(command)
        self._session.flush()

    def due(self, now: datetime, limit: int) -> Sequence[QueuedCommand]:
        """Lock what is next for each call and due; another process skips what this one holds.

        A command waits for the earlier ones of its call, those under way included.
        """
        earlier = aliased(QueuedCommand)
        first = ~(
            select(earlier.position)
            .where(
                earlier.call_id == QueuedCommand.call_id,
                earlier.state == CommandState.WAITING,
                earlier.position < QueuedCommand.position,
            )
            .exists()
        )
        return self._session.scalars(
            select(QueuedCommand)
            .where(QueuedCommand.state == CommandState.WAITING, QueuedCommand.due_at <= now, first)
            .order_by(QueuedCommand.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def locked(self, command_id: UUID) -> QueuedCommand | None:
        return self._session.scalar(
            select(QueuedCommand).where(QueuedCommand.command_id == command_id).with_for_update()
        )

    def find(self, command_id: UUID) -> QueuedCommand | None:
        return self._session.scalar(
            select(QueuedCommand).where(QueuedCommand.command_id == command_id)
        )

    def rang(self, call_id: UUID, leg: str) -> bool:
        """Whether a telephone was ever asked to ring as this leg."""
        asked = select(QueuedCommand.position).where(
            QueuedCommand.call_id == call_id,
            QueuedCommand.leg == leg,
            QueuedCommand.kind.in_((CommandKind.RING, CommandKind.BRIDGE, CommandKind.ORIGINATE)),
        )
        return self._session.scalar(asked.limit(1)) is not None
