from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline.errors import NotFoundError
from tapline.hotline.calls.model import Call, Outcome
from tapline.hotline.calls.repository import CallEventRepository
from tapline.hotline.records.model import CallRecord
from tapline.hotline.records.repository import RecordRepository
from tapline.hotline.records.rules import record_of
from tapline.uow import UnitOfWork


def refold(uow: UnitOfWork, call: Call) -> Outcome | None:
    """Bring the call's record in line with its events; what became of it, by what is known."""
    events = CallEventRepository(uow, call.tenant_id).of_call(call.call_id)
    told = record_of(events)
    RecordRepository(uow, call.tenant_id).put(call, told)
    return told.outcome


def record(uow: UnitOfWork, *, tenant_id: str, call_id: UUID) -> CallRecord:
    """One call's record; `NotFoundError` where the tenant has no such call."""
    found = RecordRepository(uow, tenant_id).find(call_id)
    if found is None:
        raise NotFoundError(f"no call {call_id}")
    return found


def call_records(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    since: datetime | None = None,
    until: datetime | None = None,
    ani: str | None = None,
    agent_id: UUID | None = None,
    outcome: Outcome | None = None,
    limit: int = 200,
) -> Sequence[tuple[CallRecord, Call]]:
    """Records newest first, each with its call; those begun in `[since, until)` where given."""
    return RecordRepository(uow, tenant_id).listed(
        since=since, until=until, ani=ani, agent_id=agent_id, outcome=outcome, limit=limit
    )
