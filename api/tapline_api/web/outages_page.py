"""Outages as both doors show them: what is out, what is planned, and how available water was."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form

from tapline import clock, devices, outages, policy, sites
from tapline.devices import Device
from tapline.errors import InvalidError
from tapline.files.sheets import Cell
from tapline.outages import Span, plans
from tapline.outages.plans import Wish
from tapline.outages.spans import total_s
from tapline.outages.uptime import MachineUptime, Part, added
from tapline.people import Scope
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Formats
from tapline_api.web import months

_PAST = timedelta(days=30)
Moment = Annotated[str, Form(max_length=16)]


def _wished(
    *,
    starts_at: Moment,
    ends_at: Moment,
    reason: Annotated[str, Form(max_length=400)],
    device: Annotated[list[str] | None, Form()] = None,
) -> Wish:
    return Wish(
        starts_at=_read(starts_at),
        ends_at=_read(ends_at),
        reason=reason,
        device_ids=tuple(device or ()),
    )


Wished = Annotated[Wish, Depends(_wished)]
"""What a form plans; its times are business time."""


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.BUSINESS_ZONE)
    except ValueError as error:
        raise InvalidError("give day and time, such as 2026-11-22 09:00") from error


def overview(uow: UnitOfWork, scope: Scope) -> dict[str, Any]:
    """Everything that `shared/outages.html` asks for."""
    now = clock.now()
    named = sites_of(uow, scope)
    found = outages.incidents.listed(uow, scope=scope)
    planned = plans.listed(uow, scope=scope, since=now - _PAST, cancelled=True)
    machines = machines_of(uow, scope)
    return {
        "named": named,
        "open": [one for one in found if one.is_open],
        "over": [one for one in found if not one.is_open],
        "proposed": {
            one.incident.incident_id: outages.incidents.proposed(one.incident, one.site.name)
            for one in found
            if one.is_open and one.site is not None
        },
        "coming": [one for one in planned if one.cancelled_at is None and one.ends_at > now],
        "past": [one for one in planned if one.cancelled_at is not None or one.ends_at <= now],
        "alone": _alone(uow, scope, machines),
        "machines": machines,
        "rules": policy.current(uow, tenant_id=scope.tenant_id),
        "now": now,
    }


def plan_context(
    uow: UnitOfWork, scope: Scope, plan_id: UUID, *, seen: int | None, wish: Wish | None
) -> dict[str, Any]:
    """Everything that `one_plan` of `shared/outages.html` asks for; `seen` is the version that
    somebody thought to change, and `wish` what he would have of it."""
    plan = plans.get(uow, scope=scope, plan_id=plan_id)
    now = clock.now()
    settled = plans.settled(
        uow, scope=scope.only(plan.site_id), since=plan.starts_at, until=plan.ends_at
    )
    entries = plans.history(uow, scope=scope, plan_id=plan_id)
    in_time = next((spans for one, spans in settled if one.plan_id == plan_id), [])
    return {
        "plan": plan,
        "site": sites_of(uow, scope)[plan.site_id],
        "wish": wish or plan,
        "entries": entries,
        "meanwhile": [] if seen is None else entries[seen:],
        "machines": {plan.site_id: machines_of(uow, scope).get(plan.site_id, [])},
        "rules": policy.current(uow, tenant_id=scope.tenant_id),
        "late_s": Span(plan.starts_at, plan.ends_at).lasted_s - total_s(in_time),
        "begun": plan.starts_at <= now,
        "open": plan.cancelled_at is None and plan.ends_at > now,
    }


def month_asked(text: str | None) -> date:
    """The month that a page is asked for; without one the present."""
    return months.month_of(text) if text else months.recent(1)[0]


def uptime_context(uow: UnitOfWork, scope: Scope, month: date) -> dict[str, Any]:
    """Everything that `shared/uptime.html` asks for."""
    found = accounts(uow, scope, month)
    named = sites_of(uow, scope)
    by_site: dict[UUID, list[MachineUptime]] = defaultdict(list)
    for one in found:
        assert one.device.site_id is not None
        by_site[one.device.site_id].append(one)
    rows = [
        (named[site_id], added(one.account for one in its), its) for site_id, its in by_site.items()
    ]
    return {
        "rows": sorted(rows, key=lambda row: row[0].code),
        "total": added(one.account for one in found),
        "month": month,
        "parts": list(Part),
        "rules": policy.current(uow, tenant_id=scope.tenant_id),
    }


def accounts(uow: UnitOfWork, scope: Scope, month: date) -> list[MachineUptime]:
    """Of every machine in service in that month."""
    within = outages.uptime.whole_month(month)
    if within.end <= within.start:
        return []
    return outages.uptime.of_machines(uow, scope=scope, within=within)


def uptime_table(uow: UnitOfWork, scope: Scope, month: date, formats: Formats) -> list[list[Cell]]:
    """The same as rows: seconds by part, a machine a line."""
    named = sites_of(uow, scope)
    translate = formats.translate
    head: list[Cell] = [
        translate("Month"),
        translate("Site"),
        translate("Machine"),
        *(f"{translate(labels.of(part))} s" for part in Part),
        translate("Service time, s"),
        translate("Uptime, %"),
    ]
    rows = [head]
    for one in accounts(uow, scope, month):
        assert one.device.site_id is not None
        share = one.account.per_myriad
        rows.append(
            [
                f"{month:%Y-%m}",
                named[one.device.site_id].name,
                one.device.device_id,
                *(one.account.seconds[part] for part in Part),
                one.account.service_s,
                "" if share is None else f"{share / 100:.2f}",
            ]
        )
    return rows


def sites_of(uow: UnitOfWork, scope: Scope) -> dict[UUID, Site]:
    """The scope's sites."""
    found = sites.listed(uow, tenant_id=scope.tenant_id, among=scope.sites)
    return {one.site_id: one for one in found}


def machines_of(uow: UnitOfWork, scope: Scope) -> dict[UUID, list[Device]]:
    """The scope's machines by site."""
    found: dict[UUID, list[Device]] = defaultdict(list)
    for one in devices.listed(uow, tenant_id=scope.tenant_id, sites=scope.sites):
        if one.site_id is not None:
            found[one.site_id].append(one)
    return found


def _alone(
    uow: UnitOfWork, scope: Scope, machines: dict[UUID, list[Device]]
) -> list[tuple[outages.Darkness, Device, bool]]:
    """Machines that are dark and in no incident, the longest first; whether nobody need wonder."""
    own = {one.device_id: one for there in machines.values() for one in there}
    shelter = outages.shelter_at(uow, tenant_id=scope.tenant_id, at=clock.now())
    dark = outages.incidents.alone(uow, tenant_id=scope.tenant_id, device_ids=list(own))
    return [(one, own[one.device_id], shelter.covers(one.site_id, one.device_id)) for one in dark]
