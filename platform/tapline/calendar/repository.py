from sqlalchemy import select

from tapline.calendar.model import CalendarVersion
from tapline.uow import UnitOfWork


class CalendarRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def newest(self, tenant_id: str, code: str) -> CalendarVersion | None:
        return self._session.scalar(
            select(CalendarVersion)
            .where(CalendarVersion.tenant_id == tenant_id, CalendarVersion.code == code)
            .order_by(CalendarVersion.version.desc())
            .limit(1)
        )

    def add(self, version: CalendarVersion) -> None:
        self._session.add(version)
