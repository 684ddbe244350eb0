"""Machines that are in use and that nobody uses: their water is let out by night, once."""

from collections.abc import Sequence
from datetime import datetime

from tapline import clock, devices, policy
from tapline.devices import Device, Presence
from tapline.rosters.openings import rules
from tapline.rosters.openings.model import Flush, FlushCause
from tapline.rosters.openings.repository import FlushRepository
from tapline.rosters.openings.service import ask, is_closed
from tapline.uow import UnitOfWork


def flush_by_night(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Have machines flush in which water stood for too long; how many were asked.

    Once a night, and only by night; a machine of a site that is closed waits for the opening, and
    one that is not there is not asked. May run as often as one likes.
    """
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    if not rules.is_night(now, in_force):
        return 0
    flushes, today = FlushRepository(uow, tenant_id), clock.business_date(now)
    known = flushes.known(today)
    there = [
        one
        for one in devices.listed(uow, tenant_id=tenant_id)
        if one.presence is Presence.ONLINE and one.device_id not in known
    ]
    moved = _moved(flushes, there)
    still = [one for one in there if rules.is_stagnant(moved.get(one.device_id), now, in_force)]
    asked = [one for one in still if not is_closed(uow, tenant_id, one.site_id, one.device_id, now)]
    for device in asked:
        reason = "no water ran for long"
        flushes.add(
            Flush(
                device_id=device.device_id,
                opens_on=today,
                tenant_id=tenant_id,
                site_id=device.site_id,
                cause=FlushCause.STAGNANT,
                still_since=moved.get(device.device_id),
                command_id=ask(uow, tenant_id=tenant_id, device_id=device.device_id, reason=reason),
                words="",
            )
        )
    return len(asked)


def _moved(flushes: FlushRepository, there: Sequence[Device]) -> dict[str, datetime]:
    """When water last ran from each, for a customer or on our word."""
    names = [one.device_id for one in there]
    moved = flushes.last_pours(names)
    for device_id, at in flushes.last_done(names).items():
        moved[device_id] = max(at, moved.get(device_id, at))
    return moved
