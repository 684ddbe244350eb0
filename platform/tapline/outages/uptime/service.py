from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import calendar, clock, devices
from tapline.devices import Device, Presence
from tapline.outages import plans
from tapline.outages.darkness.repository import DarknessRepository
from tapline.outages.spans import Span, without
from tapline.outages.uptime import rules
from tapline.outages.uptime.repository import UptimeRepository
from tapline.outages.uptime.rules import STOPPING, SUPPLY, Account, Part
from tapline.people import Scope
from tapline.sites import closures
from tapline.uow import UnitOfWork

_Held = dict[Part, list[Span]]


class MachineUptime(NamedTuple):
    """A machine and the account of its time."""

    device: Device
    account: Account


class Standstill(NamedTuple):
    """A machine stood still in one go, by the operator's fault."""

    site_id: UUID
    device_id: str
    stretch: Span
    """All of it. What of it is excused may change afterwards; this names it for good."""
    counted_s: int
    """Seconds of it in which water was to be had; 0 where all of it is excused."""


def whole_month(month: date) -> Span:
    """A month of business days, as far as it is over."""
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    end = min(clock.begins(after), clock.now())
    return Span(clock.begins(month.replace(day=1)), end)


def of_machines(uow: UnitOfWork, *, scope: Scope, within: Span) -> list[MachineUptime]:
    """The account of every machine of the scope that was in service in that time, by site and id.

    A machine is in service from when it was registered until its key is revoked; one never heard
    of is not yet.
    """
    machines = [
        one
        for one in devices.listed(uow, tenant_id=scope.tenant_id, sites=scope.sites)
        if one.presence is not Presence.NEVER
        and one.site_id
        and one.created_at < within.end
        and _ends(one, within.end) > within.start
    ]
    held = _held(uow, scope, machines, within)
    found = [
        MachineUptime(
            one,
            rules.account(
                [Span(max(one.created_at, within.start), _ends(one, within.end))],
                held[one.device_id],
            ),
        )
        for one in machines
    ]
    return sorted(found, key=lambda one: (str(one.device.site_id), one.device.device_id))


def standstills(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> list[Standstill]:
    """When machines on these sites gave no water though the sites supplied them: what the clauses
    of agreements are about. One that is not over counts up to `until`, or to when the machine was
    taken out of service: it can end nothing any more by its own word.

    A machine that has lost its line is not among them: it sells without one. The time of works that
    were announced in time, and in which the house was closed, does not count.
    """
    machines = devices.listed(uow, tenant_id=tenant_id, sites=site_ids)
    held = _held(uow, Scope(tenant_id, frozenset(site_ids)), machines, Span(since, until))
    found = []
    for one in machines:
        its = held[one.device_id]
        excused = its[Part.SUPPLY] + its[Part.PLANNED] + its[Part.CLOSED]
        assert one.site_id is not None
        found += [
            Standstill(one.site_id, one.device_id, *stop)
            for stop in rules.stops(its[Part.FAULT] + its[Part.STOPPED], excused)
        ]
    return sorted(found)


def _held(
    uow: UnitOfWork, scope: Scope, machines: Sequence[Device], within: Span
) -> Mapping[str, _Held]:
    """By machine, when each part's condition held. What began before `within` is not cut."""
    held: dict[str, _Held] = defaultdict(lambda: {part: [] for part in Part})
    names = [one.device_id for one in machines]
    since, until = within
    ends = {one.device_id: _ends(one, until) for one in machines}
    known = UptimeRepository(uow, scope.tenant_id)
    for alarm in known.alarms(names, STOPPING | SUPPLY, since, until):
        part = Part.FAULT if alarm.code in STOPPING else Part.SUPPLY
        held[alarm.device_id][part].append(
            Span(alarm.raised_at, min(alarm.cleared_at or until, ends[alarm.device_id]))
        )
    for device_id, told in known.sale_commands(names, until).items():
        words = [(one.op, one.answered_at) for one in told if one.answered_at is not None]
        held[device_id][Part.STOPPED] += rules.told_to_stop(words, ends[device_id])
    for dark in DarknessRepository(uow, scope.tenant_id).between(names, since, until):
        held[dark.device_id][Part.DARK].append(
            Span(dark.began_at, min(dark.ended_at or until, until))
        )
    _excuse(uow, scope, machines, within, held)
    return held


def _ends(machine: Device, until: datetime) -> datetime:
    """When its service ended, `until` at the latest."""
    return min(machine.revoked_at or until, until)


def _excuse(
    uow: UnitOfWork,
    scope: Scope,
    machines: Sequence[Device],
    within: Span,
    held: Mapping[str, _Held],
) -> None:
    """The time in which nobody expected water: closed, or planned and announced in time."""
    on_site: dict[UUID, list[str]] = defaultdict(list)
    for one in machines:
        if one.site_id is not None:
            on_site[one.site_id].append(one.device_id)
    for plan, in_time in plans.settled(uow, scope=scope, since=within.start, until=within.end):
        for name in plan.device_ids or on_site[plan.site_id]:
            if name in on_site[plan.site_id]:
                held[name][Part.PLANNED] += in_time
    hours = calendar.current(uow, tenant_id=scope.tenant_id, code=calendar.WATER)
    shut = without([within], [Span(*one) for one in hours.open_between(*within)])
    for names in on_site.values():
        for name in names:
            held[name][Part.CLOSED] += shut
    for closure in closures.listed(
        uow, tenant_id=scope.tenant_id, since=within.start, until=within.end, among=list(on_site)
    ):
        # From when it was announced: nobody closes a house afterwards.
        span = Span(
            max(closure.began_at, closure.made_at), min(closure.ends_at or within.end, within.end)
        )
        for name in on_site[closure.site_id]:
            if closure.device_id in {None, name}:
                held[name][Part.CLOSED].append(span)
