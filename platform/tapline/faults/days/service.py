from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import clock, devices
from tapline.faults.days.model import DayMeans, PartService
from tapline.faults.days.repository import DayRepository
from tapline.uow import UnitOfWork

_LOOK_BACK = timedelta(days=90)
"""Readings are kept no longer."""
_AGAIN = timedelta(days=1)
"""What arrives after its day was summed up still counts for so long."""


class Lives(NamedTuple):
    """The days of some devices and the services of their parts; `days` come in no order."""

    days: Sequence[DayMeans]
    services: Sequence[PartService]


class SimulatedSpan(NamedTuple):
    """[since, until) of a device's telemetry was simulated, faster than time."""

    since: datetime
    until: datetime


def sum_up_new(uow: UnitOfWork, *, tenant_id: str) -> date | None:
    """Sum up the days that ended since the last time; the last ended day if there was one, else
    None. One query when nothing is new."""
    days = DayRepository(uow, tenant_id)
    today = clock.business_date(clock.now())
    last = days.upto()
    if last is not None and last >= today - timedelta(days=1):
        return None
    since = max((last or date.min + _AGAIN) - _AGAIN, today - _LOOK_BACK)
    days.sum_up(since, today, None)
    days.set_upto(today - timedelta(days=1))
    return today - timedelta(days=1)


def sum_up(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str], since: date, until: date
) -> int:
    """Sum the readings of some devices on [since, until) up, again where that was done."""
    return DayRepository(uow, tenant_id).sum_up(since, until, device_ids)


def known(uow: UnitOfWork, *, tenant_id: str) -> Sequence[tuple[str, UUID | None]]:
    """(device_id, site_id) of every device with a day, those of a site together."""
    return DayRepository(uow, tenant_id).known()


def lives(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    since: date,
    until: date,
    first_d: int,
    device_ids: Collection[str],
) -> Lives:
    """What is known of these devices: days of [since, until), and before `until` the first
    `first_d` days of each part's life, however long ago."""
    repository = DayRepository(uow, tenant_id)
    return Lives(
        repository.days(device_ids, since, until, first_d), repository.services(device_ids)
    )


def note_service(uow: UnitOfWork, *, tenant_id: str, device_id: str, part: str, actor: str) -> None:
    """A part was replaced just now; `NotFoundError` where the tenant has no such device."""
    devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    DayRepository(uow, tenant_id).add_service(
        PartService(
            tenant_id=tenant_id, device_id=device_id, part=part, at=clock.now(), actor=actor
        )
    )


def mark_simulated(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    since: datetime,
    until: datetime,
    seed: int,
) -> None:
    """Say for good that [since, until) of a device's telemetry was simulated faster than time."""
    DayRepository(uow, tenant_id).mark_simulated(device_id, since, until, seed)


def simulated_span(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> SimulatedSpan | None:
    """What of a device's telemetry was simulated faster than time: its pages must say so."""
    row = DayRepository(uow, tenant_id).simulated(device_id)
    return SimulatedSpan(row.since, row.until) if row else None
