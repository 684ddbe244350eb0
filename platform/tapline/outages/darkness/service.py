from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from tapline import clock, policy
from tapline.devices import Device, Presence, telemetry
from tapline.events import DeviceChanged, MachineBack
from tapline.ids import new_id
from tapline.outages import hearing
from tapline.outages.darkness import rules
from tapline.outages.darkness.model import Darkness
from tapline.outages.darkness.repository import DarknessRepository
from tapline.outages.darkness.rules import Sighting
from tapline.uow import UnitOfWork

_BRIEF = timedelta(seconds=30)
"""No policy calls a machine dark for less: a reconnect after it need not be looked into."""
_EXPLAINED_WITHIN = timedelta(days=1)


def follow(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Note machines that have gone dark, and those that are back, from what is stored of them.

    It may run as often as one likes, and after any pause: a machine has one darkness at a time,
    and what came and went between two looks the gateway noted when the machine came back.
    """
    darknesses, now = DarknessRepository(uow, tenant_id), clock.now()
    in_force = policy.current(uow, tenant_id=tenant_id)
    _end(uow, darknesses)
    ear = hearing.ear(uow)
    suspects = darknesses.suspects(now - timedelta(seconds=in_force.dark_silent_s))
    readings = _readings(uow, tenant_id, suspects)
    for device in suspects:
        seen = _sighting(device, readings.get(device.device_id))
        began_at = rules.went_dark(seen, ear, now, in_force)
        if began_at is not None and _add(darknesses, device, began_at, ended_at=None):
            uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device.device_id))
    for darkness, device in darknesses.unexplained(now - _EXPLAINED_WITHIN):
        reason = (device.hello or {}).get("boot_reason")
        darkness.returned = rules.returned(darkness.boot, device.hello_boot or 0, reason)


def came_back(uow: UnitOfWork, *, tenant_id: str, machines: Collection[Device]) -> None:
    """Locked machines are online again and their presence is about to say so: their darkness is
    over. One that nobody had found yet is noted whole.
    """
    now = clock.now()
    away = {one.device_id: one for one in machines if _was_away(one, now)}
    if not away:
        return
    darknesses = DarknessRepository(uow, tenant_id)
    known = darknesses.open_of(away)
    for darkness in known:
        _be_over(uow, darkness, now)
        del away[darkness.device_id]
    if away:
        _add_unseen(uow, darknesses, tenant_id, list(away.values()))


def _was_away(device: Device, now: datetime) -> bool:
    seen = _sighting(device, None)
    last = max((one for one in (seen.heard_at, seen.presence_at) if one), default=now)
    return device.presence is not Presence.NEVER and now - last >= _BRIEF


def _add_unseen(
    uow: UnitOfWork, darknesses: DarknessRepository, tenant_id: str, machines: Sequence[Device]
) -> None:
    """Note whole darknesses that began and ended between two looks."""
    now, ear = clock.now(), hearing.ear(uow)
    in_force = policy.current(uow, tenant_id=tenant_id)
    readings = _readings(uow, tenant_id, machines)
    for device in machines:
        seen = _sighting(device, readings.get(device.device_id))
        began_at = rules.went_dark(seen, ear, now, in_force)
        if began_at is not None:
            _add(darknesses, device, began_at, ended_at=now)


def open_now(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[Darkness]:
    """Machines that are dark now, the longest first; of these where given."""
    return DarknessRepository(uow, tenant_id).open(device_ids)


def of_device(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, limit: int = 20
) -> Sequence[Darkness]:
    """A machine's darknesses, newest first."""
    return DarknessRepository(uow, tenant_id).newest(device_id, limit)


def _end(uow: UnitOfWork, darknesses: DarknessRepository) -> None:
    rows = darknesses.open_with_devices()
    if not rows:
        return
    tenant_id = rows[0][0].tenant_id
    readings = _readings(uow, tenant_id, [device for _, device in rows])
    for darkness, device in rows:
        seen = _sighting(device, readings.get(device.device_id))
        ended_at = rules.came_back(seen, darkness.began_at, darkness.found_at)
        if ended_at is not None:
            _be_over(uow, darkness, ended_at)
            uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device.device_id))


def _be_over(uow: UnitOfWork, darkness: Darkness, ended_at: datetime) -> None:
    darkness.ended_at = ended_at
    if darkness.told_at is not None:
        uow.emit(MachineBack(tenant_id=darkness.tenant_id, device_id=darkness.device_id))


def _add(
    darknesses: DarknessRepository, device: Device, began_at: datetime, *, ended_at: datetime | None
) -> bool:
    return darknesses.add_once(
        {
            "darkness_id": new_id(),
            "tenant_id": device.tenant_id,
            "device_id": device.device_id,
            "site_id": device.site_id,
            "began_at": began_at,
            "found_at": clock.now(),
            "ended_at": ended_at,
            "boot": device.hello_boot or device.presence_boot,
        }
    )


def _sighting(device: Device, reading_at: datetime | None) -> Sighting:
    words = tuple(one for one in (device.last_seen_at, device.hello_at) if one is not None)
    return Sighting(device.presence, device.presence_at, words, reading_at)


def _readings(
    uow: UnitOfWork, tenant_id: str, machines: Sequence[Device]
) -> Mapping[str, datetime]:
    """When each took its latest reading; what a machine says of the future counts as now."""
    if not machines:
        return {}
    names = [one.device_id for one in machines]
    newest = telemetry.newest(uow, tenant_id=tenant_id, device_ids=names)
    return {name: min(one.ts, clock.now()) for name, one in newest.items()}
