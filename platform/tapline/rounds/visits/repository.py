from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update

from tapline.errors import NotFoundError
from tapline.rounds.plans.model import RoundPlan
from tapline.rounds.visits.model import RoundEntry, RoundVisit, VisitState
from tapline.uow import UnitOfWork

_OPEN = [state for state in VisitState if state.is_open]


class VisitRepository:
    """The rounds of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Keep everybody else from planning this tenant's visits meanwhile."""
        name = func.hashtextextended(f"rounds:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, *rows: RoundVisit | RoundEntry) -> None:
        self._session.add_all(rows)
        self._session.flush()

    def get(self, visit_id: UUID, *, lock: bool = False) -> RoundVisit:
        visit = self._session.get(
            RoundVisit, visit_id, with_for_update=lock or None, populate_existing=lock
        )
        if visit is None or visit.tenant_id != self._tenant_id:
            raise NotFoundError(f"no visit {visit_id}")
        return visit

    def drop_ended(self) -> None:
        """What was still to be done by plans that have ended is dropped."""
        ended = select(RoundPlan.plan_id).where(
            RoundPlan.tenant_id == self._tenant_id, RoundPlan.ended_at.is_not(None)
        )
        self._session.execute(
            update(RoundVisit)
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.state.in_(_OPEN),
                RoundVisit.plan_id.in_(ended),
            )
            .values(state=VisitState.DROPPED)
            .execution_options(synchronize_session="fetch")
        )

    def standing(self, plan_id: UUID) -> Mapping[str, RoundVisit]:
        """The open visit of each machine by a plan."""
        found = self._session.scalars(
            select(RoundVisit).where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.plan_id == plan_id,
                RoundVisit.state.in_(_OPEN),
            )
        )
        return {one.device_id: one for one in found}

    def waiting(self, plan_id: UUID) -> Sequence[RoundVisit]:
        """The visits of a plan that nobody has begun, locked."""
        return self._session.scalars(
            select(RoundVisit)
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.plan_id == plan_id,
                RoundVisit.state == VisitState.DUE,
            )
            .order_by(RoundVisit.visit_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def last_done(self, plan_id: UUID) -> Mapping[str, datetime]:
        """When each machine was last done by a plan."""
        rows = self._session.execute(
            select(RoundVisit.device_id, func.max(RoundVisit.done_at))
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.plan_id == plan_id,
                RoundVisit.state == VisitState.DONE,
            )
            .group_by(RoundVisit.device_id)
        )
        return {device_id: at for device_id, at in rows if at is not None}

    def open_counts(self) -> Mapping[UUID, int]:
        """How many open visits each technician has."""
        rows = self._session.execute(
            select(RoundVisit.technician_id, func.count())
            .where(RoundVisit.tenant_id == self._tenant_id, RoundVisit.state.in_(_OPEN))
            .group_by(RoundVisit.technician_id)
        )
        return {technician_id: count for technician_id, count in rows if technician_id}

    def of_technician(self, technician_id: UUID, until: date) -> Sequence[RoundVisit]:
        """What he has to do by that day, the longest due first."""
        return self._session.scalars(
            select(RoundVisit)
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.technician_id == technician_id,
                RoundVisit.state.in_(_OPEN),
                RoundVisit.due_on <= until,
            )
            .order_by(RoundVisit.due_on, RoundVisit.device_id)
        ).all()

    def done_by(self, login: str, since: datetime) -> Sequence[RoundVisit]:
        """Newest first."""
        return self._session.scalars(
            select(RoundVisit)
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.done_by == login,
                RoundVisit.done_at >= since,
            )
            .order_by(RoundVisit.done_at.desc())
        ).all()

    def of_machine(self, device_id: str, limit: int) -> Sequence[RoundVisit]:
        """Open ones first, then the newest."""
        return self._session.scalars(
            select(RoundVisit)
            .where(RoundVisit.tenant_id == self._tenant_id, RoundVisit.device_id == device_id)
            .order_by(RoundVisit.done_at.desc().nulls_first(), RoundVisit.due_on)
            .limit(limit)
        ).all()

    def listed(
        self, since: date, until: date, site_ids: Collection[UUID] | None
    ) -> Sequence[RoundVisit]:
        """Due between these days, both included; the latest first."""
        visits = select(RoundVisit).where(
            RoundVisit.tenant_id == self._tenant_id,
            RoundVisit.due_on >= since,
            RoundVisit.due_on <= until,
        )
        if site_ids is not None:
            visits = visits.where(RoundVisit.site_id.in_(site_ids))
        return self._session.scalars(
            visits.order_by(RoundVisit.due_on.desc(), RoundVisit.device_id, RoundVisit.visit_id)
        ).all()

    def late(self, today: date) -> Sequence[RoundVisit]:
        """Those that nobody was told of yet, locked."""
        return self._session.scalars(
            select(RoundVisit)
            .where(
                RoundVisit.tenant_id == self._tenant_id,
                RoundVisit.state.in_(_OPEN),
                RoundVisit.late_from <= today,
                RoundVisit.escalated_at.is_(None),
            )
            .order_by(RoundVisit.due_on, RoundVisit.visit_id)
            .with_for_update(skip_locked=True)
        ).all()

    def entries(self, visit_ids: Collection[UUID]) -> Sequence[RoundEntry]:
        """Of these visits, oldest first."""
        return self._session.scalars(
            select(RoundEntry)
            .where(RoundEntry.tenant_id == self._tenant_id, RoundEntry.visit_id.in_(visit_ids))
            .order_by(RoundEntry.made_at, RoundEntry.entry_id)
        ).all()

    def sent_before(self, visit_id: UUID, request_key: str) -> bool:
        return (
            self._session.scalar(
                select(RoundEntry.entry_id).where(
                    RoundEntry.visit_id == visit_id, RoundEntry.request_key == request_key
                )
            )
            is not None
        )
