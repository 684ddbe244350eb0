from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tapline.uow import UnitOfWork
from tapline.water.traces.approvals.model import TraceApproval


class ApprovalRepository:
    """Approvals of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def one_at_a_time(self, staff_id: UUID) -> None:
        """Wait until nothing else that this person asks for is under way: what he allows alone
        adds up."""
        name = func.hashtextextended(f"trace.refund:{staff_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, approval: TraceApproval) -> None:
        self._session.add(approval)
        self._session.flush()

    def alone_fen(self, staff_id: UUID, since: datetime) -> int:
        """What somebody asked for, and approved himself, since then; whatever was asked for after
        it, of the same case too."""
        by_one = (TraceApproval.asked_by == staff_id, TraceApproval.approved_by == staff_id)
        given = select(func.sum(TraceApproval.fen)).where(
            TraceApproval.tenant_id == self._tenant_id, *by_one, TraceApproval.approved_at >= since
        )
        return int(self._session.scalar(given) or 0)
