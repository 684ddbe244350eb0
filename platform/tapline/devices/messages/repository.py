from collections.abc import Sequence

from sqlalchemy import insert, select

from tapline.devices.messages.model import DeadLetter, InboxMessage
from tapline.uow import UnitOfWork


class MessageRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add_raw(self, rows: list[dict[str, object]]) -> Sequence[int]:
        """Store raw messages; their ids, in the order given."""
        stored = self._session.scalars(
            insert(InboxMessage).returning(InboxMessage.inbox_id, sort_by_parameter_order=True),
            rows,
        )
        return stored.all()

    def add_dead(self, rows: list[dict[str, object]]) -> None:
        self._session.execute(insert(DeadLetter), rows)

    def dead(self, tenant_id: str, limit: int) -> Sequence[DeadLetter]:
        return self._session.scalars(
            select(DeadLetter)
            .where(DeadLetter.tenant_id == tenant_id)
            .order_by(DeadLetter.dead_letter_id.desc())
            .limit(limit)
        ).all()
