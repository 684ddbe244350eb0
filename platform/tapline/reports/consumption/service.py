from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import clock
from tapline.devices import Device
from tapline.people import Scope
from tapline.reports.consumption import rules
from tapline.reports.consumption.repository import ConsumptionRepository, Span
from tapline.reports.consumption.rules import Drawn, Totals
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
    before: Mapping[str, Volume]
    """By machine, in the span before."""
    devices: Sequence[Device]
    sites: Sequence[Site]
    """All of the scope."""

    @property
    def whole_before(self) -> Volume:
        """Everything in the span before."""
        return rules.added(self.before.values())

    def of_site(self, site_id: UUID) -> Volume:
        """What the machines of one site gave out."""
        return rules.added(self.of(device) for device in self.devices if device.site_id == site_id)

    def of(self, device: Device) -> Volume:
        """What one machine gave out."""
        return self.totals.by_device.get(device.device_id, rules.NOTHING)

    def before_of(self, device: Device) -> Volume:
        """The same in the span before."""
        return self.before.get(device.device_id, rules.NOTHING)


def consumption(
    uow: UnitOfWork, *, scope: Scope, month: date, site_id: UUID | None = None
) -> Consumption:
    """A month of the scope's machines, up to today where it is the present one; of one site where
    given. Days are those on which it was reported, hours those in which it was drawn.

    A pour that was restated counts as it stands now, at the latest from the next day on.
    """
    reads, repository = EstateReads(uow, scope), ConsumptionRepository(uow, scope.tenant_id)
    devices = reads.devices(site_id)
    first = month.replace(day=1)
    last = min(_last_of(first), clock.business_date(clock.now()))
    span = Span([device.device_id for device in devices], first, last)
    before = Span(span.device_ids, *rules.before(first, last))
    return Consumption(
        first,
        last,
        _totals(repository, span),
        _by_device(repository, before, _fresh(repository, before)),
        devices,
        reads.sites(),
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


def _totals(repository: ConsumptionRepository, span: Span) -> Totals:
    fresh = _fresh(repository, span)
    by_hour = repository.by_hour(span)
    return Totals.of(
        _by_device(repository, span, fresh),
        [*by_hour, *((one.day, one.hour, one.volume) for one in fresh)],
    )


def _by_device(
    repository: ConsumptionRepository, span: Span, fresh: Sequence[Drawn]
) -> dict[str, Volume]:
    rolled = repository.by_device(span)
    return rules.summed([*rolled.items(), *((one.device_id, one.volume) for one in fresh)])


def _fresh(repository: ConsumptionRepository, span: Span) -> list[Drawn]:
    """What was drawn on the days that are not rolled up."""
    rolled = repository.rolled(span.first, span.last)
    missing = (day for day in _days(span.first, span.last) if day not in rolled)
    return [drawn for day in missing for drawn in repository.on(day, span.device_ids)]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=at) for at in range((last - first).days + 1))


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
