from collections.abc import Sequence

from sqlalchemy import Table as SqlTable
from sqlalchemy import insert, select

from tapline import bulk
from tapline.devices.messages.model import DeadLetter, InboxMessage
from tapline.uow import UnitOfWork

_INBOX: SqlTable = InboxMessage.__table__  # type: ignore[assignment]


class MessageRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add_raw(self, rows: list[dict[str, object]]) -> Sequence[int]:
        """Store raw messages; their ids, in the order given."""
        statement, arrays = bulk.insert_rows(_INBOX, rows)
        # Rows of a plain INSERT … SELECT come back as they went in; their ids only rise.
        stored = self._session.execute(statement.returning(_INBOX.c.inbox_id), arrays)
        return sorted(stored.scalars())

    def add_dead(self, rows: list[dict[str, object]]) -> None:
        self._session.execute(insert(DeadLetter), rows)

    def dead(self, tenant_id: str, limit: int) -> Sequence[DeadLetter]:
        return self._session.scalars(
            select(DeadLetter)
            .where(DeadLetter.tenant_id == tenant_id)
            .order_by(DeadLetter.dead_letter_id.desc())
            .limit(limit)
        ).all()
