from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from tapline.devices.evictions.model import Eviction
from tapline.uow import UnitOfWork


class EvictionRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def ask(self, client_id: str, moment: datetime) -> None:
        new = insert(Eviction).values(client_id=client_id, asked_at=moment)
        again = {"asked_at": moment, "done_at": None, "failure": None}
        self._session.execute(
            new.on_conflict_do_update(index_elements=[Eviction.client_id], set_=again)
        )

    def due(self, limit: int) -> Sequence[tuple[str, datetime]]:
        """Client ids and when they were asked for, longest ago first."""
        rows = self._session.execute(
            select(Eviction.client_id, Eviction.asked_at)
            .where(Eviction.done_at.is_(None))
            .order_by(Eviction.asked_at)
            .limit(limit)
        )
        return [(client_id, asked_at) for client_id, asked_at in rows]

    def mark(
        self, client_id: str, asked_at: datetime, *, moment: datetime | None, failure: str | None
    ) -> None:
        """How it went, unless it was asked for again meanwhile."""
        self._session.execute(
            update(Eviction)
            .where(Eviction.client_id == client_id, Eviction.asked_at == asked_at)
            .values(done_at=moment, failure=failure)
            .execution_options(synchronize_session=False)
        )

    def failing(self) -> Sequence[Eviction]:
        return self._session.scalars(
            select(Eviction)
            .where(Eviction.done_at.is_(None), Eviction.failure.is_not(None))
            .order_by(Eviction.asked_at)
        ).all()
