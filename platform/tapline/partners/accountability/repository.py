from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from tapline.errors import NotFoundError
from tapline.partners.accountability.model import (
    Responsibility,
    ResponsibilityStep,
    Standing,
)
from tapline.people import Scope
from tapline.reconciliation import Finding, Side
from tapline.uow import UnitOfWork


class ResponsibilityRepository:
    """Responsibilities inside of a scope: for property people those of their own side and sites."""

    def __init__(self, uow: UnitOfWork, scope: Scope) -> None:
        self._session = uow.session
        self._scope = scope

    def be_alone(self, finding_id: UUID) -> None:
        """Wait until no other transaction follows this finding."""
        name = func.hashtextextended(f"responsibility:{finding_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, row: Responsibility | ResponsibilityStep) -> None:
        self._session.add(row)
        self._session.flush()

    def find(self, finding_id: UUID) -> Responsibility | None:
        return self._session.scalar(
            select(Responsibility).where(*self._visible(), Responsibility.finding_id == finding_id)
        )

    def get(self, finding_id: UUID, *, lock: bool = False) -> Responsibility:
        wanted = select(Responsibility).where(
            *self._visible(), Responsibility.finding_id == finding_id
        )
        if lock:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalar(wanted)
        if found is None:
            raise NotFoundError(f"nothing is proposed about finding {finding_id}")
        return found

    def steps(self, finding_id: UUID) -> Sequence[ResponsibilityStep]:
        """Oldest first."""
        return self._session.scalars(
            select(ResponsibilityStep)
            .where(ResponsibilityStep.finding_id == finding_id)
            .order_by(ResponsibilityStep.position)
        ).all()

    def objected(self, finding_ids: Collection[UUID]) -> set[UUID]:
        """Those of these findings to which a side objects, and nobody has decided."""
        found = select(Responsibility.finding_id).where(
            *self._visible(),
            Responsibility.finding_id.in_(finding_ids),
            Responsibility.standing == Standing.OBJECTED,
        )
        return set(self._session.scalars(found))

    def listed(
        self, standings: Collection[Standing], *, newest_first: bool, limit: int
    ) -> Sequence[tuple[Responsibility, Finding]]:
        """With what was found; by deadline."""
        order = (Responsibility.deadline, Responsibility.finding_id)
        rows = self._session.execute(
            select(Responsibility, Finding)
            .join(Finding, Finding.finding_id == Responsibility.finding_id)
            .where(*self._visible(), Responsibility.standing.in_(standings))
            .order_by(*(column.desc() for column in order) if newest_first else order)
            .limit(limit)
        )
        return [(responsibility, finding) for responsibility, finding in rows]

    def of_partner(
        self, partner_id: UUID, standings: Collection[Standing]
    ) -> Sequence[tuple[Responsibility, Finding]]:
        """What a partner answers for, or may, with what was found; oldest first."""
        rows = self._session.execute(
            select(Responsibility, Finding)
            .join(Finding, Finding.finding_id == Responsibility.finding_id)
            .where(
                *self._visible(),
                Responsibility.partner_id == partner_id,
                Responsibility.standing.in_(standings),
            )
            .order_by(Finding.detected_at, Finding.finding_id)
        )
        return [(responsibility, finding) for responsibility, finding in rows]

    def borne_by_partners(self, until: datetime) -> Sequence[Responsibility]:
        """What it was settled before a moment that a partner answers for, whichever it is; the
        first settled first. What was retracted is not among it."""
        return self._session.scalars(
            select(Responsibility)
            .join(Finding, Finding.finding_id == Responsibility.finding_id)
            .where(
                *self._visible(),
                Responsibility.partner_id.is_not(None),
                Responsibility.standing.in_([one for one in Standing if one.is_borne]),
                Responsibility.decided_at < until,
                Finding.retracted_at.is_(None),
            )
            .order_by(Responsibility.decided_at, Responsibility.finding_id)
        ).all()

    def of_day(
        self, partner_id: UUID, since: datetime, until: datetime
    ) -> Sequence[Responsibility]:
        """What was proposed to a partner between two moments and is open, or decided then."""
        proposed = and_(
            Responsibility.standing == Standing.PROPOSED, Responsibility.proposed_at >= since
        )
        decided = and_(
            Responsibility.standing.in_([Standing.UPHELD, Standing.OVERRULED]),
            Responsibility.decided_at >= since,
            Responsibility.decided_at < until,
        )
        return self._session.scalars(
            select(Responsibility).where(
                *self._visible(),
                Responsibility.partner_id == partner_id,
                or_(and_(proposed, Responsibility.proposed_at < until), decided),
            )
        ).all()

    def ripe(self, moment: datetime) -> Sequence[Responsibility]:
        """Proposals whose time to answer is over, locked; what others hold is left to them."""
        return self._session.scalars(
            select(Responsibility)
            .where(
                *self._visible(),
                Responsibility.standing == Standing.PROPOSED,
                Responsibility.deadline <= moment,
            )
            .order_by(Responsibility.finding_id)
            .with_for_update(skip_locked=True)
        ).all()

    def _visible(self) -> list[ColumnElement[bool]]:
        own = [Responsibility.tenant_id == self._scope.tenant_id]
        if self._scope.sites is not None:
            own += [
                Responsibility.site_id.in_(self._scope.sites),
                Responsibility.side == Side.PROPERTY,
            ]
        return own
