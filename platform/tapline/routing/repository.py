from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.routing.core.record import Record
from tapline.routing.model import RoutingDesk, RoutingRecord
from tapline.uow import UnitOfWork


class DeskRepository:
    """One desk of one tenant, and its log."""

    def __init__(self, uow: UnitOfWork, tenant_id: str, desk: str) -> None:
        self._session = uow.session
        self._key = (tenant_id, desk)

    def find(self) -> RoutingDesk | None:
        """The desk as it is now, for reading."""
        return self._session.get(RoutingDesk, self._key)

    def get(self) -> RoutingDesk:
        found = self.find()
        if found is None:
            raise NotFoundError(f"no desk {self._key[1]!r}: it begins with its first work or agent")
        return found

    def locked(self) -> RoutingDesk | None:
        """The desk, once every other transaction that decides on it has ended."""
        return self._session.get(
            RoutingDesk, self._key, with_for_update=True, populate_existing=True
        )

    def begin(self, *, head_hash: bytes, snapshot: bytes) -> RoutingDesk:
        """An empty desk, locked; another transaction may have begun it in the same moment."""
        tenant_id, desk = self._key
        row = {"seq": 0, "head_hash": head_hash, "snapshot": snapshot}
        self._session.execute(
            insert(RoutingDesk)
            .values(tenant_id=tenant_id, desk=desk, **row)
            .on_conflict_do_nothing()
        )
        begun = self.locked()
        assert begun is not None
        return begun

    def append(self, record: Record, work_ids: list[str]) -> None:
        tenant_id, desk = self._key
        self._session.add(
            RoutingRecord(
                tenant_id=tenant_id,
                desk=desk,
                seq=record.seq,
                at_ms=record.at_ms,
                engine=record.engine,
                command=record.command,
                events=record.events,
                work_ids=work_ids,
                previous_hash=record.previous_hash,
                hash=record.hash,
            )
        )

    def records(self) -> Iterator[Record]:
        """The whole log, oldest first, streamed."""
        found = self._session.scalars(
            self._log().execution_options(yield_per=1000).order_by(RoutingRecord.seq)
        )
        return map(_record, found)

    def records_about(self, work_id: str) -> Sequence[Record]:
        """The decisions that a work figures in, oldest first."""
        about = self._log().where(RoutingRecord.work_ids.contains([work_id]))
        return [_record(row) for row in self._session.scalars(about.order_by(RoutingRecord.seq))]

    def records_between(self, since_ms: int, until_ms: int) -> Sequence[Record]:
        """The decisions of a period, oldest first."""
        within = self._log().where(RoutingRecord.at_ms >= since_ms, RoutingRecord.at_ms < until_ms)
        return [_record(row) for row in self._session.scalars(within.order_by(RoutingRecord.seq))]

    def _log(self) -> Select[RoutingRecord]:
        tenant_id, desk = self._key
        return select(RoutingRecord).where(
            RoutingRecord.tenant_id == tenant_id, RoutingRecord.desk == desk
        )

    @staticmethod
    def due(uow: UnitOfWork, moment: datetime) -> Sequence[tuple[str, str]]:
        """Tenant and name of every desk that has something due by `moment`."""
        due = select(RoutingDesk.tenant_id, RoutingDesk.desk).where(
            RoutingDesk.next_due_at <= moment
        )
        rows = uow.session.execute(due.order_by(RoutingDesk.tenant_id, RoutingDesk.desk))
        return [(tenant_id, desk) for tenant_id, desk in rows]


def _record(row: RoutingRecord) -> Record:
    return Record(
        row.seq, row.at_ms, row.engine, row.command, row.events, row.previous_hash, row.hash
    )
