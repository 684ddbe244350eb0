from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, case, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from tapline.errors import NotFoundError
from tapline.files.model import StoredFile
from tapline.uow import UnitOfWork


class FileRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def keep(self, row: dict[str, Any]) -> StoredFile:
        """Store a content, or keep one that is there, or was, for as long as either wants."""
        new = insert(StoredFile).values(row)
        without_end = StoredFile.kept_until.is_(None) | new.excluded.kept_until.is_(None)
        longer = func.greatest(StoredFile.kept_until, new.excluded.kept_until)
        kept = new.on_conflict_do_update(
            index_elements=[StoredFile.tenant_id, StoredFile.sha256],
            set_={
                "kept_until": case((without_end, null()), else_=longer),
                "content": func.coalesce(StoredFile.content, new.excluded.content),
                "erased_at": None,
            },
        ).returning(StoredFile)
        return self._session.scalars(kept, execution_options={"populate_existing": True}).one()

    def get(self, tenant_id: str, file_id: UUID, *, content: bool = False) -> StoredFile:
        wanted = select(StoredFile).where(
            StoredFile.tenant_id == tenant_id, StoredFile.file_id == file_id
        )
        if content:
            wanted = wanted.options(undefer(StoredFile.content))
        found = self._session.scalar(wanted.execution_options(populate_existing=content))
        if found is None:
            raise NotFoundError(f"no file {file_id}")
        return found

    def part(self, tenant_id: str, file_id: UUID, offset: int, count: int) -> bytes | None:
        part = func.substring(StoredFile.content, offset + 1, count, type_=LargeBinary)
        return self._session.scalar(
            select(part).where(StoredFile.tenant_id == tenant_id, StoredFile.file_id == file_id)
        )

    def listed(self, tenant_id: str, file_ids: Collection[UUID]) -> Sequence[StoredFile]:
        return self._session.scalars(
            select(StoredFile)
            .where(StoredFile.tenant_id == tenant_id, StoredFile.file_id.in_(file_ids))
            .order_by(StoredFile.file_id)
        ).all()

    def erase_ended(self, moment: datetime) -> int:
        ended = (
            update(StoredFile)
            .where(StoredFile.kept_until < moment, StoredFile.erased_at.is_(None))
            .values(content=None, erased_at=moment)
            .returning(StoredFile.file_id)
            .execution_options(synchronize_session=False)
        )
        return len(self._session.execute(ended).all())
