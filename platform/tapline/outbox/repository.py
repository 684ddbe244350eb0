from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, Text, column, delete, func, select, update, values
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tapline.outbox.model import HandledEvent, OutboxMessage


class OutboxRepository:
    """Reads and marks the outbox through an open session.

    It takes a session and not a unit of work, which itself writes the outbox.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, limit: int) -> Sequence[OutboxMessage]:
        """Lock the oldest unsent messages; another relay skips what this one holds."""
        return self._session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.relayed_at.is_(None))
            .order_by(OutboxMessage.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def mark_relayed(self, messages: Sequence[OutboxMessage]) -> None:
        positions = [message.position for message in messages]
        self._session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.position.in_(positions))
            .values(relayed_at=func.now())
        )

    def waiting_count(self) -> int:
        """How many events have not left yet."""
        waiting = (
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.relayed_at.is_(None))
        )
        return self._session.scalar(waiting) or 0

    def first_time(self, event_id: UUID, task: str) -> bool:
        """Mark the event as handled by `task`; false when it already was."""
        mark = insert(HandledEvent).values(event_id=event_id, task=task)
        done = self._session.execute(mark.on_conflict_do_nothing().returning(HandledEvent.task))
        return done.first() is not None

    def return_unhandled(self, tasks: Mapping[str, Sequence[str]], relayed_before: datetime) -> int:
        """Put back in line what some of its tasks have not handled; how many events.

        `tasks` names the tasks of each event type. A task that handled it already ignores it.
        """
        lacking = self._unhandled(tasks).where(OutboxMessage.relayed_at < relayed_before)
        put_back = (
            update(OutboxMessage)
            .where(OutboxMessage.position.in_(lacking))
            .values(relayed_at=None)
            .returning(OutboxMessage.position)
        )
        return len(self._session.execute(put_back).all())

    def unhandled_count(self, tasks: Mapping[str, Sequence[str]]) -> int:
        """How many events, sent or not, some of their tasks have not handled."""
        lacking = self._unhandled(tasks).subquery()
        return self._session.scalar(select(func.count()).select_from(lacking)) or 0

    def _unhandled(self, tasks: Mapping[str, Sequence[str]]) -> Select[int]:
        pairs = [(kind, task) for kind, names in tasks.items() for task in names]
        wanted = values(column("type", Text), column("task", Text), name="wanted").data(pairs)
        handled = select(HandledEvent.task).where(
            HandledEvent.event_id == OutboxMessage.event_id, HandledEvent.task == wanted.c.task
        )
        return (
            select(OutboxMessage.position)
            .join(wanted, wanted.c.type == OutboxMessage.type)
            .where(~handled.exists())
            .distinct()
        )

    def forget_handled(self, tasks: Mapping[str, Sequence[str]], relayed_before: datetime) -> None:
        """Drop what was sent before then and every task of it has handled."""
        lacking = self._unhandled(tasks)
        self._session.execute(
            delete(OutboxMessage).where(
                OutboxMessage.relayed_at < relayed_before, OutboxMessage.position.not_in(lacking)
            )
        )

    def forget_marks(self, handled_before: datetime) -> None:
        """Drop marks from before then whose message is gone: the task broker has none left."""
        message = select(OutboxMessage.position).where(
            OutboxMessage.event_id == HandledEvent.event_id
        )
        self._session.execute(
            delete(HandledEvent).where(HandledEvent.handled_at < handled_before, ~message.exists())
        )
