from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Table as SqlTable
from sqlalchemy import TextClause, delete, func, select, text, tuple_, update
from sqlalchemy.orm import undefer

from tapline import bulk
from tapline.errors import NotFoundError
from tapline.imports.model import Import, ImportLine, ImportState, LineState
from tapline.uow import UnitOfWork

_LINE: SqlTable = ImportLine.__table__  # type: ignore[assignment]
_DOCUMENTS = ("content", "amounts")

IN_FORCE = (LineState.APPLIED, LineState.KEPT)
"""States of a line that made something which is there."""

# What an earlier import of the same source says under the ids of this one.
_EARLIER = """
from legacy_import_line line
join legacy_import_line before on before.tenant_id = line.tenant_id
    and before.source = line.source and before.sheet = line.sheet
    and before.external_id = line.external_id and before.state in ('applied', 'kept')
where line.import_id = :import_id and line.state = 'waiting'
"""
_PRESENT = text(
    """
    update legacy_import_line line
    set state = 'present', key = before.key, subject = before.subject
    from legacy_import_line before
    where line.import_id = :import_id and line.state = 'waiting'
        and before.tenant_id = line.tenant_id and before.source = line.source
        and before.sheet = line.sheet and before.external_id = line.external_id
        and before.state in ('applied', 'kept') and before.sha256 = line.sha256
    """
)
# What made them was undone since.
_NOT_PRESENT = text(
    """
    update legacy_import_line line
    set state = 'waiting', key = null, subject = null
    where line.import_id = :import_id and line.state = 'present'
        and not exists (
            select from legacy_import_line before
            where before.tenant_id = line.tenant_id and before.source = line.source
                and before.sheet = line.sheet and before.external_id = line.external_id
                and before.state in ('applied', 'kept') and before.sha256 = line.sha256)
    """
)
_OTHERWISE = text(
    f"select line.sheet, line.line, line.external_id {_EARLIER} and before.sha256 <> line.sha256 "
    "order by line.sheet_no, line.line limit :limit"
)
_STRANGERS = text(
    """
    select line.sheet, line.line, line.content ->> 'customer_id'
    from legacy_import_line line
    where line.import_id = :import_id and line.sheet <> 'customers' and line.state = 'waiting'
        and line.content ->> 'customer_id' is not null
        and not exists (
            select from legacy_import_line customer
            where customer.tenant_id = line.tenant_id and customer.source = line.source
                and customer.sheet = 'customers'
                and customer.external_id = line.content ->> 'customer_id'
                and (customer.import_id = line.import_id or customer.state in ('applied', 'kept')))
    order by line.sheet_no, line.line limit :limit
    """
)
_REVISIONS = text(
    """
    select external_id, count(*) from legacy_import_line
    where tenant_id = :tenant and source = :source and sheet = :sheet
        and external_id = any(:ids) and state = 'undone' and key is not null
    group by external_id
    """
)


class ImportRepository:
    """The imports of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: Import) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, import_id: UUID, *, lock: bool = False, content: bool = False) -> Import:
        wanted = select(Import).where(
            Import.tenant_id == self._tenant_id, Import.import_id == import_id
        )
        if lock:
            wanted = wanted.with_for_update()
        if content:
            wanted = wanted.options(undefer(Import.content))
        found = self._session.scalar(wanted.execution_options(populate_existing=lock or content))
        if found is None:
            raise NotFoundError(f"no import {import_id}")
        return found

    def listed(self, limit: int) -> Sequence[Import]:
        """The newest first."""
        return self._session.scalars(
            select(Import)
            .where(Import.tenant_id == self._tenant_id)
            .order_by(Import.uploaded_at.desc(), Import.import_id.desc())
            .limit(limit)
        ).all()

    def be_alone(self, source: str) -> None:
        """Wait until nobody else begins to apply or to undo imports of this source."""
        name = func.hashtextextended(f"import:{self._tenant_id}:{source}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def has_any(self, source: str, state: ImportState) -> bool:
        """Whether an import of this source is in this state."""
        wanted = select(Import.import_id).where(
            Import.tenant_id == self._tenant_id, Import.source == source, Import.state == state
        )
        return self._session.scalar(wanted.limit(1)) is not None

    def at_work(self) -> Sequence[UUID]:
        """Those that a worker brings further, oldest first."""
        states = [state for state in ImportState if state.is_at_work]
        return self._session.scalars(
            select(Import.import_id)
            .where(Import.tenant_id == self._tenant_id, Import.state.in_(states))
            .order_by(Import.uploaded_at)
        ).all()

    def waiting_since(self, moment: Any) -> Sequence[Import]:
        """Those that nobody has applied since `moment`."""
        states = (ImportState.CHECKED, ImportState.REFUSED)
        return self._session.scalars(
            select(Import)
            .where(
                Import.tenant_id == self._tenant_id,
                Import.state.in_(states),
                Import.uploaded_at < moment,
            )
            .with_for_update()
        ).all()


class LineRepository:
    """The lines of one import."""

    def __init__(self, uow: UnitOfWork, found: Import) -> None:
        self._session = uow.session
        self._import = found
        self._id = {"import_id": found.import_id}

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            stored = [row | {name: Jsonb(row[name]) for name in _DOCUMENTS} for row in rows]
            self._session.execute(*bulk.insert_rows(_LINE, stored))

    def drop(self) -> None:
        """Erase all of them."""
        self._session.execute(
            delete(ImportLine).where(ImportLine.import_id == self._import.import_id)
        )

    def mark_present(self) -> None:
        """Note which lines an earlier import has applied just as they are."""
        self._session.execute(_PRESENT, self._id)

    def look_again(self) -> None:
        """Let those wait again of which an earlier import has left nothing."""
        self._session.execute(_NOT_PRESENT, self._id)

    def otherwise(self, limit: int) -> Sequence[tuple[str, int, str]]:
        """(sheet, line, id) of those that an earlier import applied with another content."""
        return self._told(_OTHERWISE, limit)

    def strangers(self, limit: int) -> Sequence[tuple[str, int, str]]:
        """(sheet, line, customer's id) of those that name a customer whom nobody knows."""
        return self._told(_STRANGERS, limit)

    def chunks(
        self, size: int, *, sheet: str | None = None, states: Collection[LineState] | None = None
    ) -> Iterator[list[ImportLine]]:
        """All lines in order, some at a time; not kept in memory."""
        wanted = self._mine().order_by(ImportLine.sheet_no, ImportLine.line).limit(size)
        if sheet is not None:
            wanted = wanted.where(ImportLine.sheet == sheet)
        if states is not None:
            wanted = wanted.where(ImportLine.state.in_(states))
        place = tuple_(ImportLine.sheet_no, ImportLine.line)
        after = (-1, -1)
        while some := self._session.scalars(wanted.where(place > after)).all():
            yield list(some)
            after = (some[-1].sheet_no, some[-1].line)

    def next(self, state: LineState, size: int, *, last_first: bool = False) -> list[ImportLine]:
        """The next lines of one sheet in this state, locked."""
        order = [ImportLine.sheet_no, ImportLine.line]
        ordered = [one.desc() for one in order] if last_first else order
        wanted = self._mine().where(ImportLine.state == state).order_by(*ordered).limit(size)
        found = list(self._session.scalars(wanted.with_for_update()))
        return [one for one in found if one.sheet == found[0].sheet]

    def about(self, subjects: Collection[str]) -> Sequence[ImportLine]:
        """The lines that made these."""
        return self._session.scalars(self._mine().where(ImportLine.subject.in_(subjects))).all()

    def numbered(self, sheet: str, lines: Collection[int]) -> Sequence[ImportLine]:
        return self._session.scalars(
            self._mine().where(ImportLine.sheet == sheet, ImportLine.line.in_(lines))
        ).all()

    def counts(self) -> dict[str, dict[LineState, int]]:
        """How many lines are in which state, by sheet."""
        rows = self._session.execute(
            select(ImportLine.sheet, ImportLine.state, func.count())
            .where(ImportLine.import_id == self._import.import_id)
            .group_by(ImportLine.sheet, ImportLine.state)
        )
        found: dict[str, dict[LineState, int]] = {}
        for sheet, state, count in rows:
            found.setdefault(sheet, {})[state] = count
        return found

    def obstructed(self, limit: int) -> Sequence[ImportLine]:
        """The first lines that something stands in the way of."""
        states = (LineState.FAILED, LineState.KEPT)
        wanted = self._mine().where(ImportLine.state.in_(states))
        ordered = wanted.order_by(ImportLine.sheet_no, ImportLine.line).limit(limit)
        return self._session.scalars(ordered).all()

    def erase_content(self) -> None:
        """What lines say of people is kept no longer than it is needed."""
        self._session.execute(
            update(ImportLine)
            .where(ImportLine.import_id == self._import.import_id)
            .values(content=None)
        )

    def in_force(self, sheet: str, ids: Iterable[str]) -> Mapping[str, ImportLine]:
        """By id, what this or an earlier import of the same source made."""
        rows = self._session.scalars(
            select(ImportLine).where(
                ImportLine.tenant_id == self._import.tenant_id,
                ImportLine.source == self._import.source,
                ImportLine.sheet == sheet,
                ImportLine.external_id.in_(list(ids)),
                ImportLine.state.in_(IN_FORCE),
            )
        )
        return {row.external_id: row for row in rows}

    def undone_before(self, sheet: str, ids: Collection[str]) -> dict[str, int]:
        """How often each id was applied and undone."""
        rows = self._session.execute(
            _REVISIONS,
            {
                "tenant": self._import.tenant_id,
                "source": self._import.source,
                "sheet": sheet,
                "ids": list(ids),
            },
        )
        return {row[0]: row[1] for row in rows}

    def _told(self, question: TextClause, limit: int) -> list[tuple[str, int, str]]:
        rows = self._session.execute(question, {**self._id, "limit": limit})
        return [(row[0], row[1], row[2]) for row in rows]

    def _mine(self) -> Any:
        return select(ImportLine).where(ImportLine.import_id == self._import.import_id)
