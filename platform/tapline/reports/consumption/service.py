from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import clock
from tapline.devices import Device
from tapline.people import Scope
from tapline.reports.consumption import rules
from tapline.reports.consumption.repository import ConsumptionRepository
from tapline.reports.consumption.rules import Totals
from tapline.reports.estate.repository import EstateReads, Volume
from tapline.sites import Site
from tapline.uow import UnitOfWork

_ROLLED_AGAIN = timedelta(days=62)
"""A charge may be restated after its day; so long each day is rolled up anew every night."""
_DAYS_AT_ONCE = 31


class Consumption(NamedTuple):
    """What some machines gave out in a span, beside the span before."""

    first: date
    last: date
    totals: Totals
    before: Totals
    devices: Sequence[Device]
    sites: Sequence[Site]

    def of_site(self, site_id: UUID) -> Volume:
        """What the machines of one site gave out."""
        return rules.added(self.of(device) for device in self.devices if device.site_id == site_id)

    def of(self, device: Device) -> Volume:
        """What one machine gave out."""
        return self.totals.by_device.get(device.device_id, rules.NOTHING)

    def before_of(self, device: Device) -> Volume:
        """The same in the span before."""
        return self.before.by_device.get(device.device_id, rules.NOTHING)


def consumption(
    uow: UnitOfWork, *, scope: Scope, month: date, site_id: UUID | None = None
) -> Consumption:
    """A month of the scope's machines, up to today where it is the present one; of one site where
    given. Days are those on which it was reported, hours those in which it was drawn.

    A pour that was restated counts as it stands now, at the latest from the next day on.
    """
    reads = EstateReads(uow, scope)
    devices = reads.devices(site_id)
    first = month.replace(day=1)
    last = min(_last_of(first), clock.business_date(clock.now()))
    before_first, before_last = rules.before(first, last)
    return Consumption(
        first,
        last,
        _totals(uow, scope.tenant_id, devices, first, last),
        _totals(uow, scope.tenant_id, devices, before_first, before_last),
        devices,
        [site for site in reads.sites() if site_id in {None, site.site_id}],
    )


def roll(uow: UnitOfWork, *, tenant_id: str) -> list[date]:
    """Roll up the days that are over: once when they are, and again each night for a while.

    Asked again it does nothing until the next night; so many days at once at most.
    """
    repository = ConsumptionRepository(uow, tenant_id)
    repository.be_alone()
    today = clock.business_date(clock.now())
    first = repository.first_day()
    if first is None:
        return []
    yesterday = today - timedelta(days=1)
    rolled = repository.rolled(first, yesterday)
    due = [day for day in _days(first, yesterday) if _is_due(day, rolled.get(day), today)]
    done = due[-_DAYS_AT_ONCE:]
    for day in done:
        repository.roll(day)
    return done


def _is_due(day: date, rolled_at: datetime | None, today: date) -> bool:
    if rolled_at is None:
        return True
    return day >= today - _ROLLED_AGAIN and rolled_at < clock.begins(today)


def _totals(
    uow: UnitOfWork, tenant_id: str, devices: Sequence[Device], first: date, last: date
) -> Totals:
    repository = ConsumptionRepository(uow, tenant_id)
    rolled = repository.rolled(first, last)
    return repository.totals(
        [device.device_id for device in devices],
        first,
        last,
        [day for day in _days(first, last) if day not in rolled],
    )


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=at) for at in range((last - first).days + 1))


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
