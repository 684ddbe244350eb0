from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import clock, faults, sites
from tapline.devices import Device, Presence, telemetry
from tapline.devices.telemetry import Metric
from tapline.outages.uptime import STOPPING, SUPPLY
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline.water.care import service as care
from tapline.water.care.model import TreatmentKind
from tapline.water.care.repository import TreatmentRepository
from tapline.water.care.rules import FilterLife
from tapline.water.publication.repository import PublicationRepository
from tapline.water.samples.model import Sample, Verdict
from tapline.water.samples.repository import SampleRepository
from tapline.water.stops import service as stops
from tapline.water.stops.model import StopCause

DAYS = 14
_SAMPLES = 5


class Day(NamedTuple):
    """What was dissolved before and behind the membrane on a business day, means in mg/l."""

    day: date
    tds_in: int | None
    tds_out: int


class Nearest(NamedTuple):
    """A machine that sells, and gives water."""

    device_id: str
    site: Site | None
    spot: str
    same_site: bool


@dataclass(frozen=True, slots=True)
class MachineWater:
    """The water of one machine, as its public page shows it."""

    device_id: str
    tenant_id: str
    site: Site | None
    spot: str
    sells: bool
    gives: bool
    """Whether water comes, as far as we know: it sells, is heard of, and reports no such fault."""
    causes: Sequence[StopCause]
    """Why not, where it is its water; empty where something else keeps it from selling."""
    stopped_at: datetime | None
    samples: Sequence[Sample]
    """Those that a laboratory has judged, newest first."""
    filters: Sequence[FilterLife]
    disinfected_at: datetime | None
    tds_in: int | None
    tds_out: int | None
    measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteWater:
    """The water of a site, machine by machine."""

    site: Site
    machines: Sequence[MachineWater]


def of_machine(
    uow: UnitOfWork, *, device_id: str
) -> tuple[MachineWater, list[Day], Nearest | None]:
    """A machine's water, what was dissolved in it day by day, and where to go while it does not
    sell.

    Raises:
        NotFoundError: there is no such machine in use.
    """
    device = PublicationRepository(uow).device(device_id)
    (found,) = _waters(uow, device.tenant_id, [device])
    nearest = None if found.gives else _nearest(uow, device)
    return found, _days(uow, device), nearest


def of_site(uow: UnitOfWork, *, site_id: UUID) -> SiteWater:
    """A site's water.

    Raises:
        NotFoundError: there is no such site.
    """
    published = PublicationRepository(uow)
    site = published.site(site_id)
    here = [one for one in published.devices(site.tenant_id) if one.site_id == site_id]
    return SiteWater(site, _waters(uow, site.tenant_id, here))


def _waters(uow: UnitOfWork, tenant_id: str, devices: Sequence[Device]) -> list[MachineWater]:
    names = [one.device_id for one in devices]
    places = {one.site_id: one for one in sites.listed(uow, tenant_id=tenant_id)}
    views = stops.standing(uow, tenant_id=tenant_id, device_ids=names)
    why: dict[str, list[stops.StopView]] = defaultdict(list)
    for view in views:
        why[view.stop.device_id].append(view)
    silent = PublicationRepository(uow).told_to_stop(names)
    dry = _dry(uow, tenant_id, devices)
    judged = _judged(uow, tenant_id, names)
    filters = care.filters(uow, tenant_id=tenant_id, device_ids=names)
    disinfected = TreatmentRepository(uow, tenant_id).last(names, TreatmentKind.DISINFECTION)
    newest = telemetry.newest(uow, tenant_id=tenant_id, device_ids=names)
    waters = []
    for device in devices:
        name, standing = device.device_id, why[device.device_id]
        sells = not standing and name not in silent
        snapshot = newest.get(name)
        metrics: Mapping[Metric, int] = snapshot.metrics if snapshot else {}
        waters.append(
            MachineWater(
                device_id=name,
                tenant_id=tenant_id,
                site=places.get(device.site_id) if device.site_id else None,
                spot=device.spot,
                sells=sells,
                gives=sells and name not in dry,
                causes=sorted({one.stop.cause for one in standing}),
                stopped_at=min((one.stop.opened_at for one in standing), default=None),
                samples=judged[name],
                filters=filters.get(name, []),
                disinfected_at=disinfected.get(name),
                tds_in=metrics.get(Metric.TDS_IN),
                tds_out=metrics.get(Metric.TDS_OUT),
                measured_at=snapshot.ts if snapshot else None,
            )
        )
    return waters


def _dry(uow: UnitOfWork, tenant_id: str, devices: Sequence[Device]) -> set[str]:
    """Those of which no water is to be had, forbidden or not: not heard of, or out of order."""
    names = [one.device_id for one in devices]
    alarms = faults.open_alarms(uow, tenant_id=tenant_id, device_ids=names)
    broken = {one.device_id for one in alarms if one.code in STOPPING | SUPPLY}
    return broken | {one.device_id for one in devices if one.presence is not Presence.ONLINE}


def _judged(
    uow: UnitOfWork, tenant_id: str, device_ids: Collection[str]
) -> Mapping[str, list[Sample]]:
    """The last of each machine, newest first; of several machines the very last alone."""
    found: dict[str, list[Sample]] = defaultdict(list)
    samples = SampleRepository(uow, tenant_id)
    if len(device_ids) > 1:
        for name, one in samples.newest(device_ids).items():
            found[name].append(one)
        return found
    for one in samples.listed(device_ids, None, 4 * _SAMPLES):
        if one.verdict is not Verdict.WAITING and one.device_id is not None:
            found[one.device_id].append(one)
    return {name: ones[:_SAMPLES] for name, ones in found.items()} or found


def _days(uow: UnitOfWork, device: Device) -> list[Day]:
    until = clock.begins(clock.business_date(clock.now()) + timedelta(days=1))
    means = {}
    for metric in (Metric.TDS_IN, Metric.TDS_OUT):
        points = telemetry.series(
            uow,
            tenant_id=device.tenant_id,
            device_id=device.device_id,
            metric=metric,
            since=until - timedelta(days=DAYS),
            until=until,
            points=DAYS,
        )
        means[metric] = {clock.business_date(one.ts): round(one.mean) for one in points}
    before = means[Metric.TDS_IN]
    return [Day(day, before.get(day), out) for day, out in sorted(means[Metric.TDS_OUT].items())]


def _nearest(uow: UnitOfWork, device: Device) -> Nearest | None:
    """Where water is sold: on the same site if anywhere, else on the site that lies nearest."""
    tenant_id = device.tenant_id
    others = PublicationRepository(uow).devices(tenant_id)
    dry = _dry(uow, tenant_id, others)
    there = [one for one in others if one.device_id not in dry and one is not device]
    shut = PublicationRepository(uow).told_to_stop([one.device_id for one in there])
    shut |= {one.stop.device_id for one in stops.standing(uow, tenant_id=tenant_id)}
    places = {one.site_id: one for one in sites.listed(uow, tenant_id=tenant_id)}
    here = places.get(device.site_id) if device.site_id else None

    def far(one: Device) -> tuple[bool, int, bool, str]:
        place = places.get(one.site_id) if one.site_id else None
        apart = 0 if not (place and here) else (place.x - here.x) ** 2 + (place.y - here.y) ** 2
        return place is not here, apart, one.spot[:4] != device.spot[:4], one.device_id

    open_ones = [one for one in there if one.device_id not in shut]
    if not open_ones:
        return None
    best = min(open_ones, key=far)
    place = places.get(best.site_id) if best.site_id else None
    return Nearest(best.device_id, place, best.spot, best.site_id == device.site_id)
