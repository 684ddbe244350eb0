from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, outages
from tapline.devices import Device
from tapline.errors import NotFoundError
from tapline.faults import Alarm
from tapline.people import Scope
from tapline.reconciliation import Finding
from tapline.reports.estate.repository import EstateReads, Volume
from tapline.reports.estate.rules import Condition, Tone, condition
from tapline.sites import Site
from tapline.tickets import Ticket
from tapline.uow import UnitOfWork

_NOTHING = Volume(0, 0, 0)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device, how it is, and what it gave out today."""

    device: Device
    site: Site | None
    condition: Condition
    today: Volume


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site with its devices."""

    site: Site
    devices: list[DeviceView]

    def count(self, tone: Tone) -> int:
        """How many of its devices are so."""
        return sum(view.condition.tone == tone for view in self.devices)

    @property
    def today(self) -> Volume:
        """What all of them gave out since midnight, business time."""
        return total(self.devices)


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """What became of a device lately."""

    view: DeviceView
    alarms: Sequence[Alarm]
    findings: Sequence[Finding]


def sites(uow: UnitOfWork, *, scope: Scope) -> list[SiteView]:
    """The scope's sites by code, with every device."""
    reads = EstateReads(uow, scope)
    by_site: dict[UUID | None, list[DeviceView]] = defaultdict(list)
    for view in devices(uow, scope=scope):
        by_site[view.device.site_id].append(view)
    return [SiteView(site, by_site[site.site_id]) for site in reads.sites()]


def site(uow: UnitOfWork, *, scope: Scope, site_id: UUID) -> SiteView:
    """One site of the scope; `NotFoundError` where it is not."""
    found = next((view for view in sites(uow, scope=scope) if view.site.site_id == site_id), None)
    if found is None:
        raise NotFoundError("no such site")
    return found


def devices(uow: UnitOfWork, *, scope: Scope) -> list[DeviceView]:
    """The scope's devices, in the order in which they stand on their sites."""
    reads = EstateReads(uow, scope)
    return _viewed(uow, scope, reads, reads.devices())


def device(uow: UnitOfWork, *, scope: Scope, device_id: str, last: int = 20) -> DeviceHistory:
    """One device of the scope with its `last` alarms and findings; else `NotFoundError`."""
    reads = EstateReads(uow, scope)
    found = reads.device(device_id)
    if found is None:
        raise NotFoundError(f"no device {device_id}")
    return DeviceHistory(
        _viewed(uow, scope, reads, [found])[0],
        reads.alarms_of(device_id, last),
        reads.findings_of(device_id, last),
    )


def needing_somebody(views: Iterable[DeviceView]) -> list[DeviceView]:
    """Devices with an alarm or a broken connection: worst first, then oldest."""
    wanted = [view for view in views if view.condition.tone in {Tone.BAD, Tone.WARN}]
    return sorted(wanted, key=_urgency)


def open_tickets(
    uow: UnitOfWork, *, scope: Scope, limit: int = 50
) -> Sequence[tuple[Ticket, Site | None]]:
    """Open tickets about the scope's sites and devices, oldest first."""
    return EstateReads(uow, scope).open_tickets(limit)


def ticket(uow: UnitOfWork, *, scope: Scope, ticket_id: UUID) -> tuple[Ticket, Site | None]:
    """One ticket about the scope's sites and devices, open or not; else `NotFoundError`."""
    found = EstateReads(uow, scope).ticket(ticket_id)
    if found is None:
        raise NotFoundError("no such case")
    return found


def litres_by_hour(uow: UnitOfWork, *, scope: Scope, hours: int = 24) -> list[tuple[datetime, int]]:
    """(hour, ml) of the last `hours`, oldest first, the present hour last and every hour in it."""
    present = clock.now().replace(minute=0, second=0, microsecond=0)
    first = present - timedelta(hours=hours - 1)
    known = dict(EstateReads(uow, scope).volume_by_hour(first))
    every = (first + timedelta(hours=step) for step in range(hours))
    return [(hour, known.get(hour, 0)) for hour in every]


def total(views: Iterable[DeviceView]) -> Volume:
    """The sum of what these gave out today."""
    volumes = [view.today for view in views]
    return Volume(
        sum(volume.pours for volume in volumes),
        sum(volume.ml for volume in volumes),
        sum(volume.fen for volume in volumes),
    )


def _viewed(
    uow: UnitOfWork, scope: Scope, reads: EstateReads, found: Sequence[Device]
) -> list[DeviceView]:
    alarms: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in reads.open_alarms([one.device_id for one in found]):
        alarms[alarm.device_id].append(alarm)
    volumes = reads.volume_by_device(_midnight())
    now = clock.now()
    shelter = outages.shelter_at(uow, tenant_id=scope.tenant_id, at=now)
    named = {one.site_id: one for one in reads.sites()}
    return [
        DeviceView(
            one,
            named.get(one.site_id) if one.site_id else None,
            condition(
                one,
                alarms[one.device_id],
                now=now,
                planned=shelter.covers(one.site_id, one.device_id),
            ),
            volumes.get(one.device_id, _NOTHING),
        )
        for one in found
    ]


def _midnight() -> datetime:
    """When the business day began."""
    local = clock.now().astimezone(clock.BUSINESS_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _urgency(view: DeviceView) -> tuple[int, datetime]:
    return view.condition.tone.rank, view.condition.since or view.device.created_at
