from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.people.staff.model import Staff, StaffSite
from tapline.uow import UnitOfWork


class StaffRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, member: Staff, site_ids: Collection[UUID]) -> None:
        self._session.add(member)
        self._session.flush()
        self._session.add_all(
            StaffSite(staff_id=member.staff_id, site_id=site_id) for site_id in site_ids
        )
        self._session.flush()

    def by_login(self, login: str) -> Staff | None:
        return self._session.scalar(select(Staff).where(Staff.login == login))

    def find(self, staff_id: UUID) -> Staff | None:
        return self._session.get(Staff, staff_id)

    def listed(self, tenant_id: str) -> Sequence[Staff]:
        return self._session.scalars(
            select(Staff).where(Staff.tenant_id == tenant_id).order_by(Staff.login)
        ).all()

    def site_ids(self, staff_id: UUID) -> Sequence[UUID]:
        return self._session.scalars(
            select(StaffSite.site_id).where(StaffSite.staff_id == staff_id)
        ).all()
