from collections.abc import Collection, Sequence
from datetime import datetime
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
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Raise or clear an alarm on a device's word; repeating it changes nothing.

    `since` is when it happened, now where not given. With `until` the word came late: then the
    device said something else of the code, which is known, and this one fills in what was before.
    """
    alarms = AlarmRepository(uow)
    alarm = Alarm(
        alarm_id=new_id(),
        tenant_id=tenant_id,
        device_id=device_id,
        code=code,
        data=data,
        raised_at=since or clock.now(),
        cleared_at=until,
    )
    if until is not None:
        (_fill if raised else _cut)(alarms, alarm, until)
    elif raised:
        alarms.add_open(alarm)
    else:
        alarms.clear(device_id, code, alarm.raised_at)
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device_id))


def open_alarms(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[Alarm]:
    """Alarms not cleared, oldest first; of these devices where given."""
    return AlarmRepository(uow).open_of(tenant_id, device_ids)


def _fill(alarms: AlarmRepository, late: Alarm, until: datetime) -> None:
    """It was on from then until what is known: an alarm of its own, or one that began earlier."""
    if late.raised_at >= until or alarms.on_at(late.device_id, late.code, late.raised_at):
        return
    following = alarms.on_at(late.device_id, late.code, until)
    if following is not None:
        following.raised_at = late.raised_at
    else:
        alarms.add(late)


def _cut(alarms: AlarmRepository, off: Alarm, until: datetime) -> None:
    """It was off from then until what is known: one alarm ended earlier, or was two."""
    found = alarms.on_at(off.device_id, off.code, off.raised_at)
    if off.raised_at >= until or found is None:
        return
    end, found.cleared_at = found.cleared_at, off.raised_at
    if end is None or end > until:
        off.data, off.raised_at, off.cleared_at = found.data, until, end
        alarms.add(off)
