from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select

from tapline.errors import NotFoundError
from tapline.hotline.lists.model import CallerEntry, ListKind
from tapline.uow import UnitOfWork


class CallerListRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def fitting(self, number: str, now: datetime) -> Sequence[CallerEntry]:
        """The entries in force that the number matches, whole or by its beginning."""
        patterns = [number, *(f"{number[:length]}*" for length in range(1, len(number) + 1))]
        in_force = or_(CallerEntry.expires_at.is_(None), CallerEntry.expires_at > now)
        return self._session.scalars(
            self._own().where(CallerEntry.pattern.in_(patterns), in_force)
        ).all()

    def listed(self) -> Sequence[CallerEntry]:
        return self._session.scalars(self._own().order_by(CallerEntry.created_at.desc())).all()

    def of_pattern(self, kind: ListKind, pattern: str) -> CallerEntry | None:
        return self._session.scalar(
            self._own().where(CallerEntry.kind == kind, CallerEntry.pattern == pattern)
        )

    def get(self, entry_id: UUID) -> CallerEntry:
        entry = self._session.get(CallerEntry, entry_id)
        if entry is None or entry.tenant_id != self._tenant_id:
            raise NotFoundError(f"no list entry {entry_id}")
        return entry

    def add(self, entry: CallerEntry) -> None:
        self._session.add(entry)
        self._session.flush()

    def remove(self, entry: CallerEntry) -> None:
        self._session.delete(entry)

    def _own(self) -> Select[CallerEntry]:
        return select(CallerEntry).where(CallerEntry.tenant_id == self._tenant_id)
