from collections.abc import Collection, Sequence
from typing import Any

from tapline import clock
from tapline.events import DeviceChanged
from tapline.faults.model import Alarm
from tapline.faults.repository import AlarmRepository
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def note(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    code: str,
    raised: bool,
    data: dict[str, Any],
) -> None:
    """Raise or clear an alarm on a device's word; repeating it changes nothing."""
    alarms = AlarmRepository(uow)
    if raised:
        alarms.raise_(
            {
                "alarm_id": new_id(),
                "tenant_id": tenant_id,
                "device_id": device_id,
                "code": code,
                "data": data,
                "raised_at": clock.now(),
            }
        )
    else:
        alarms.clear(device_id, code, clock.now())
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device_id))


def open_alarms(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[Alarm]:
    """Alarms not cleared, oldest first; of these devices where given."""
    return AlarmRepository(uow).open_of(tenant_id, device_ids)
