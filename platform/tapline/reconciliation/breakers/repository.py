from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from tapline.cards.facts import Fact
from tapline.devices import Device
from tapline.errors import NotFoundError
from tapline.reconciliation.breakers.model import Breaker, Scope
from tapline.reconciliation.breakers.rules import Cohort
from tapline.reconciliation.model import CorrectionTarget
from tapline.uow import UnitOfWork


class BreakerRepository:
    """Breakers of one tenant, and what they count."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction trips or resets here, and keep others waiting."""
        name = func.hashtextextended(f"breaker:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, breaker: Breaker) -> None:
        self._session.add(breaker)
        self._session.flush()

    def get(self, breaker_id: UUID, *, lock: bool = False) -> Breaker:
        breaker = self._session.get(
            Breaker, breaker_id, with_for_update=lock or None, populate_existing=lock
        )
        if breaker is None or breaker.tenant_id != self._tenant_id:
            raise NotFoundError(f"no breaker {breaker_id}")
        return breaker

    def standing(self, cohorts: Collection[Cohort] | None = None) -> Sequence[Breaker]:
        """Those that stand, oldest first; of these cohorts where given."""
        breakers = select(Breaker).where(
            Breaker.tenant_id == self._tenant_id, Breaker.reset_at.is_(None)
        )
        if cohorts is not None:
            breakers = breakers.where(tuple_(Breaker.scope, Breaker.key).in_(list(cohorts)))
        return self._session.scalars(
            breakers.order_by(Breaker.tripped_at, Breaker.breaker_id)
        ).all()

    def history(self, limit: int) -> Sequence[Breaker]:
        """Those that were reset, newest first."""
        return self._session.scalars(
            select(Breaker)
            .where(Breaker.tenant_id == self._tenant_id, Breaker.reset_at.is_not(None))
            .order_by(Breaker.reset_at.desc(), Breaker.breaker_id)
            .limit(limit)
        ).all()

    def last_reset(self, cohort: Cohort) -> datetime | None:
        """Since when a cohort is counted anew."""
        return self._session.scalar(
            select(func.max(Breaker.reset_at)).where(
                Breaker.tenant_id == self._tenant_id,
                Breaker.scope == cohort.scope,
                Breaker.key == cohort.key,
            )
        )

    def caused(self, cohort: Cohort, since: datetime) -> tuple[int, int]:
        """Corrections named for a cohort's pours after `since`: how many, and their sum in fen."""
        row = self._session.execute(
            select(func.count(), func.coalesce(func.sum(CorrectionTarget.target_fen), 0))
            .join(Device, Device.device_id == CorrectionTarget.device_id)
            .where(
                CorrectionTarget.tenant_id == self._tenant_id,
                CorrectionTarget.updated_at > since,
                CorrectionTarget.target_fen > 0,
                _of(cohort),
            )
        ).one()
        return row[0], int(row[1])

    def pours(self, cohort: Cohort, since: datetime, *, at_most: int) -> int:
        """Charges that a cohort reported after `since`, counted up to `at_most`."""
        some = (
            select(Fact.seq)
            .join(Device, Device.device_id == Fact.device_id)
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.received_at > since,
                Fact.op == "debit",
                _of(cohort),
            )
            .limit(at_most)
        )
        return self._session.scalar(select(func.count()).select_from(some.subquery())) or 0

    def machines(self, cohort: Cohort) -> list[str]:
        """The machines of a cohort now, by id."""
        return list(
            self._session.scalars(
                select(Device.device_id)
                .where(Device.tenant_id == self._tenant_id, _of(cohort))
                .order_by(Device.device_id)
            )
        )


def _of(cohort: Cohort) -> ColumnElement[bool]:
    if cohort.scope is Scope.SITE:
        return Device.site_id == UUID(cohort.key)
    return func.concat_ws(" ", Device.hello["hw"].astext, Device.hello["fw"].astext) == cohort.key
