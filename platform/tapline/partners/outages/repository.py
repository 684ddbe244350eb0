from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from tapline.devices import Device
from tapline.faults import Alarm
from tapline.uow import UnitOfWork


class OutageRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def alarms(
        self, site_ids: Collection[UUID], codes: Collection[str], since: datetime, until: datetime
    ) -> Sequence[tuple[UUID, Alarm]]:
        """Alarms on machines of these sites that were on between two moments, with the site."""
        rows = self._session.execute(
            select(Device.site_id, Alarm)
            .join(Device, Device.device_id == Alarm.device_id)
            .where(
                Device.tenant_id == self._tenant_id,
                Device.site_id.in_(site_ids),
                Alarm.code.in_(codes),
                Alarm.raised_at < until,
                or_(Alarm.cleared_at.is_(None), Alarm.cleared_at > since),
            )
            .order_by(Alarm.device_id, Alarm.raised_at)
        )
        return [(site_id, alarm) for site_id, alarm in rows if site_id is not None]
