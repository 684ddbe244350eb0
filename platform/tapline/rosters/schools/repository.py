from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.rosters.schools.model import School, SchoolPeriod, SchoolSite
from tapline.uow import UnitOfWork


class SchoolRepository:
    """The schools of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Keep everybody else from changing this tenant's schools meanwhile."""
        name = func.hashtextextended(f"schools:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, *rows: School | SchoolSite | SchoolPeriod) -> None:
        for row in rows:
            self._session.add(row)
            self._session.flush()

    def get(self, school_id: UUID, *, lock: bool = False) -> School:
        school = self._session.get(
            School, school_id, with_for_update=lock or None, populate_existing=lock
        )
        if school is None or school.tenant_id != self._tenant_id:
            raise NotFoundError(f"no school {school_id}")
        return school

    def named(self, name: str) -> School | None:
        return self._session.scalar(
            select(School).where(School.tenant_id == self._tenant_id, School.name == name)
        )

    def listed(self) -> Sequence[School]:
        mine = select(School).where(School.tenant_id == self._tenant_id)
        return self._session.scalars(mine.order_by(School.name)).all()

    def site_ids(self, school_id: UUID) -> list[UUID]:
        return list(
            self._session.scalars(
                select(SchoolSite.site_id).where(
                    SchoolSite.tenant_id == self._tenant_id, SchoolSite.school_id == school_id
                )
            )
        )

    def at_sites(self, site_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """site -> its school, for those that belong to one."""
        rows = self._session.execute(
            select(SchoolSite.site_id, SchoolSite.school_id).where(
                SchoolSite.tenant_id == self._tenant_id, SchoolSite.site_id.in_(site_ids)
            )
        )
        return dict(rows.all())

    def periods(self, school_id: UUID) -> Sequence[SchoolPeriod]:
        return self._session.scalars(
            select(SchoolPeriod)
            .where(SchoolPeriod.tenant_id == self._tenant_id, SchoolPeriod.school_id == school_id)
            .order_by(SchoolPeriod.starts_on, SchoolPeriod.kind)
        ).all()

    def period(self, school_id: UUID, period_id: UUID) -> SchoolPeriod:
        period = self._session.get(SchoolPeriod, period_id)
        if period is None or (period.tenant_id, period.school_id) != (self._tenant_id, school_id):
            raise NotFoundError(f"no period {period_id}")
        return period

    def remove(self, period: SchoolPeriod) -> None:
        self._session.delete(period)
        self._session.flush()
