from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from tapline.devices.commands import OPPOSITES, CommandState, DeviceCommand
from tapline.faults import Alarm
from tapline.uow import UnitOfWork


class UptimeRepository:
    """What stopped machines of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def alarms(
        self,
        device_ids: Collection[str],
        codes: Collection[str],
        since: datetime,
        until: datetime,
    ) -> Sequence[Alarm]:
        """Alarms of these machines that were on between two moments."""
        return self._session.scalars(
            select(Alarm)
            .where(
                Alarm.tenant_id == self._tenant_id,
                Alarm.device_id.in_(device_ids),
                Alarm.code.in_(codes),
                Alarm.raised_at < until,
                or_(Alarm.cleared_at.is_(None), Alarm.cleared_at > since),
            )
            .order_by(Alarm.device_id, Alarm.raised_at)
        ).all()

    def sale_commands(
        self, device_ids: Collection[str], until: datetime
    ) -> Mapping[str, list[DeviceCommand]]:
        """What stopped sales and resumed them before `until`, as each machine carried it out."""
        found: dict[str, list[DeviceCommand]] = defaultdict(list)
        rows = self._session.scalars(
            select(DeviceCommand)
            .where(
                DeviceCommand.tenant_id == self._tenant_id,
                DeviceCommand.device_id.in_(device_ids),
                DeviceCommand.op.in_(list(OPPOSITES)),
                DeviceCommand.state == CommandState.DONE,
                DeviceCommand.answered_at < until,
            )
            .order_by(DeviceCommand.device_id, DeviceCommand.position)
        )
        for row in rows:
            found[row.device_id].append(row)
        return found
