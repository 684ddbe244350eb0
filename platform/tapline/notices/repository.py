from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.notices.model import Notice, NoticeState
from tapline.uow import UnitOfWork


class NoticeRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add_once(self, notice: dict[str, object]) -> bool:
        """Insert the row; false when its news was told before."""
        added = self._session.scalar(
            insert(Notice).values(notice).on_conflict_do_nothing().returning(Notice.notice_id)
        )
        return added is not None

    def due(self, now: datetime, limit: int) -> Sequence[Notice]:
        """Lock the notices whose turn it is; another process skips what this one holds."""
        return self._session.scalars(
            select(Notice)
            .where(Notice.state == NoticeState.WAITING, Notice.due_at <= now)
            .order_by(Notice.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def find(self, notice_id: UUID) -> Notice | None:
        return self._session.get(Notice, notice_id, with_for_update=True)
