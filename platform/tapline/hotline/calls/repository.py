from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.hotline.calls.model import Call, CallEvent, CallState, Direction
from tapline.uow import UnitOfWork


class CallRepository:
    """Calls of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def get(self, call_id: UUID, *, lock: bool = False) -> Call:
        call = self._session.get(
            Call, call_id, with_for_update=lock or None, populate_existing=lock
        )
        if call is None or call.tenant_id != self._tenant_id:
            raise NotFoundError(f"no call {call_id}")
        return call

    def add_once(self, values: dict[str, Any]) -> None:
        """Insert the row; another transaction may have done so in the same moment."""
        self._session.execute(insert(Call).values(values).on_conflict_do_nothing())

    def of_ref(self, provider: str, ref: str) -> Call | None:
        """The provider's call, locked."""
        return self._locked(Call.provider == provider, Call.ref == ref)

    def of_work(self, work_id: str) -> Call | None:
        """The newest call that does a piece of work, locked."""
        return self._locked(Call.work_id == work_id)

    def _locked(self, *which: Any) -> Call | None:
        return self._session.scalar(
            select(Call)
            .where(Call.tenant_id == self._tenant_id, *which)
            .order_by(Call.begun_at.desc(), Call.call_id.desc())
            .limit(1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def of_agent(self, agent_id: UUID, states: Sequence[CallState]) -> Call | None:
        """The agent's newest call in one of these states."""
        return self._session.scalar(
            select(Call)
            .where(
                Call.tenant_id == self._tenant_id,
                Call.agent_id == agent_id,
                Call.state.in_(states),
            )
            .order_by(Call.begun_at.desc(), Call.call_id.desc())
            .limit(1)
        )

    def live(self, *, begun_before: datetime | None = None) -> Sequence[Call]:
        """The calls that have not ended, oldest first."""
        calls = select(Call).where(Call.tenant_id == self._tenant_id, Call.state != CallState.ENDED)
        if begun_before is not None:
            calls = calls.where(Call.begun_at < begun_before)
        return self._session.scalars(calls.order_by(Call.begun_at)).all()

    def count(self, number: str, *, since: datetime | None, besides: UUID) -> int:
        """Calls to a hotline number since then, or, without a moment, those under way."""
        counted = (
            select(func.count())
            .select_from(Call)
            .where(
                Call.tenant_id == self._tenant_id,
                Call.number == number,
                Call.direction == Direction.IN,
                Call.call_id != besides,
            )
        )
        if since is None:
            counted = counted.where(Call.state != CallState.ENDED)
        else:
            counted = counted.where(Call.begun_at >= since)
        return self._session.scalar(counted) or 0

    def flush(self) -> None:
        self._session.flush()


class CallEventRepository:
    """What happened on calls of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, event: dict[str, Any]) -> None:
        """Append; what was said twice in the same moment is kept once."""
        row = {"tenant_id": self._tenant_id, **event}
        self._session.execute(insert(CallEvent).values(row).on_conflict_do_nothing())

    def is_known(self, provider: str, provider_event_id: str) -> bool:
        known = select(CallEvent.position).where(
            CallEvent.tenant_id == self._tenant_id,
            CallEvent.provider == provider,
            CallEvent.provider_event_id == provider_event_id,
        )
        return self._session.scalar(known) is not None

    def of_call(self, call_id: UUID) -> Sequence[CallEvent]:
        """In the order they came."""
        return self._session.scalars(
            select(CallEvent)
            .where(CallEvent.tenant_id == self._tenant_id, CallEvent.call_id == call_id)
            .order_by(CallEvent.position)
        ).all()
