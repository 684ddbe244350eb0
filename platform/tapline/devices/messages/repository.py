from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy import Table as SqlTable

from tapline import bulk
from tapline.devices.messages.model import DeadLetter, InboxMessage
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork

_INBOX: SqlTable = InboxMessage.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which dead letters are meant: one, or all that agree with what is given."""

    dead_letter_id: int | None = None
    code: str | None = None
    vendor: str | None = None
    device_id: str | None = None
    until: datetime | None = None
    """Those that came up to then."""


@dataclass(frozen=True, slots=True)
class Pile:
    """Open letters of one language that were refused for one reason."""

    vendor: str | None
    code: str
    count: int
    oldest_at: datetime


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

    def open_of(self, device_id: str, most: int) -> int:
        """How many of a device are open, counted up to `most`."""
        some = (
            select(DeadLetter.dead_letter_id)
            .where(DeadLetter.device_id == device_id, DeadLetter.resolved_at.is_(None))
            .limit(most)
        )
        return self._session.scalar(select(func.count()).select_from(some.subquery())) or 0

    def dead(
        self, tenant_id: str, which: Which, *, ended: bool, before: int | None, limit: int
    ) -> Sequence[DeadLetter]:
        """Newest first; `before` is the id that the page before ended with."""
        wanted = select(DeadLetter).where(*_where(tenant_id, which, ended=ended))
        if before is not None:
            wanted = wanted.where(DeadLetter.dead_letter_id < before)
        return self._session.scalars(
            wanted.order_by(DeadLetter.dead_letter_id.desc()).limit(limit)
        ).all()

    def get(self, tenant_id: str, dead_letter_id: int, *, lock: bool) -> DeadLetter:
        wanted = select(DeadLetter).where(
            DeadLetter.tenant_id == tenant_id, DeadLetter.dead_letter_id == dead_letter_id
        )
        found = self._session.scalar(
            (wanted.with_for_update() if lock else wanted).execution_options(populate_existing=lock)
        )
        if found is None:
            raise NotFoundError(f"no dead letter {dead_letter_id}")
        return found

    def open_ids(self, tenant_id: str, which: Which, *, limit: int) -> Sequence[int]:
        """The oldest open ones of a tenant."""
        return self._session.scalars(
            select(DeadLetter.dead_letter_id)
            .where(*_where(tenant_id, which, ended=False))
            .order_by(DeadLetter.dead_letter_id)
            .limit(limit)
        ).all()

    def piles(self, tenant_id: str) -> Sequence[Pile]:
        """Open ones by language and reason, the largest first."""
        count = func.count()
        rows = self._session.execute(
            select(DeadLetter.vendor, DeadLetter.code, count, func.min(DeadLetter.received_at))
            .where(DeadLetter.tenant_id == tenant_id, DeadLetter.resolved_at.is_(None))
            .group_by(DeadLetter.vendor, DeadLetter.code)
            .order_by(count.desc(), DeadLetter.code)
        )
        return [Pile(*row) for row in rows]


def _where(tenant_id: str, which: Which, *, ended: bool) -> list[ColumnElement[bool]]:
    over = DeadLetter.resolved_at
    wanted = [DeadLetter.tenant_id == tenant_id, over.is_not(None) if ended else over.is_(None)]
    if which.dead_letter_id is not None:
        wanted.append(DeadLetter.dead_letter_id == which.dead_letter_id)
    if which.code is not None:
        wanted.append(DeadLetter.code == which.code)
    if which.vendor is not None:
        wanted.append(DeadLetter.vendor == which.vendor)
    if which.device_id is not None:
        wanted.append(DeadLetter.device_id == which.device_id)
    if which.until is not None:
        wanted.append(DeadLetter.received_at <= which.until)
    return wanted
