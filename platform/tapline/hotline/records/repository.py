from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from tapline.hotline.calls.model import Call, Outcome
from tapline.hotline.records.model import CallRecord
from tapline.hotline.records.rules import Record
from tapline.uow import UnitOfWork

_MOMENTS = ("arrived_at", "queued_at", "ringing_at", "answered_at", "ended_at")


class RecordRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def put(self, call: Call, record: Record) -> None:
        """Replace what was folded of the call."""
        told = asdict(record)
        begun = min(
            (told[name] for name in _MOMENTS if told[name] is not None), default=call.begun_at
        )
        row = {
            "call_id": call.call_id,
            "tenant_id": call.tenant_id,
            "number": call.number,
            "ani": call.ani,
            "direction": call.direction,
            "intent": call.intent,
            "begun_at": begun,
            **told,
        }
        put = insert(CallRecord).values(row)
        self._session.execute(
            put.on_conflict_do_update(index_elements=[CallRecord.call_id], set_=row)
        )

    def find(self, call_id: UUID) -> CallRecord | None:
        return self._session.scalar(
            self._own()
            .where(CallRecord.call_id == call_id)
            .execution_options(populate_existing=True)
        )

    def listed(
        self,
        *,
        since: datetime | None,
        until: datetime | None,
        ani: str | None,
        agent_id: UUID | None,
        outcome: Outcome | None,
        limit: int,
    ) -> Sequence[tuple[CallRecord, Call]]:
        """Newest first, each with its call: disposition, note and ticket are there."""
        wanted = (
            CallRecord.begun_at >= since if since else None,
            CallRecord.begun_at < until if until else None,
            CallRecord.ani == ani if ani else None,
            CallRecord.agent_id == agent_id if agent_id else None,
            CallRecord.outcome == outcome if outcome else None,
        )
        rows = self._session.execute(
            select(CallRecord, Call)
            .join(Call, Call.call_id == CallRecord.call_id)
            .where(
                CallRecord.tenant_id == self._tenant_id,
                *(clause for clause in wanted if clause is not None),
            )
            .order_by(CallRecord.begun_at.desc(), CallRecord.call_id.desc())
            .limit(limit)
        )
        return [(record, call) for record, call in rows]

    def between(self, start: datetime, end: datetime) -> Sequence[tuple[CallRecord, Call]]:
        """Everything that began in `[start, end)`."""
        rows = self._session.execute(
            select(CallRecord, Call)
            .join(Call, Call.call_id == CallRecord.call_id)
            .where(
                CallRecord.tenant_id == self._tenant_id,
                CallRecord.begun_at >= start,
                CallRecord.begun_at < end,
            )
        )
        return [(record, call) for record, call in rows]

    def last_agent(self, ani: str, since: datetime) -> UUID | None:
        """Who talked with this caller last."""
        return self._session.scalar(
            select(CallRecord.agent_id)
            .where(
                CallRecord.tenant_id == self._tenant_id,
                CallRecord.ani == ani,
                CallRecord.begun_at >= since,
                CallRecord.agent_id.is_not(None),
            )
            .order_by(CallRecord.begun_at.desc())
            .limit(1)
        )

    def count(self, ani: str, since: datetime, *, outcomes: Sequence[Outcome] = ()) -> int:
        """The caller's calls since then; those that ended so, where given."""
        counted = (
            select(func.count())
            .select_from(CallRecord)
            .where(
                CallRecord.tenant_id == self._tenant_id,
                CallRecord.ani == ani,
                CallRecord.begun_at >= since,
            )
        )
        if outcomes:
            counted = counted.where(CallRecord.outcome.in_(outcomes))
        return self._session.scalar(counted) or 0

    def _own(self) -> Select[CallRecord]:
        return select(CallRecord).where(CallRecord.tenant_id == self._tenant_id)
