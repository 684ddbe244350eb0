"""A month's water and sales by site, building, machine, hour and weekday; nobody's card."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import reports
from tapline.devices import Device
from tapline.files.sheets import Cell
from tapline.reports import Consumption, Slot, Volume
from tapline_api import exports
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.formats import formats_of
from tapline_api.templating import render
from tapline_api.web.months import Month, month_of, recent
from tapline_api.words import N_

router = APIRouter(prefix="/consumption")

WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday")),
    *(N_("Saturday"), N_("Sunday")),
)


class Compared(NamedTuple):
    """What something gave out, and the same in the span before."""

    name: str
    about: str
    now: Volume
    before: Volume

    @property
    def change(self) -> float | None:
        """Of the litres, as a share of before; None where there were none."""
        return (self.now.ml - self.before.ml) / self.before.ml if self.before.ml else None


@router.get("")
def consumption(
    request: Request,
    uow: Transaction,
    member: CurrentManager,
    month: Month = None,
    site: UUID | None = None,
) -> Response:
    """How much, where, and when; beside the same days of the month before."""
    shown = month_of(month) if month else recent(1)[0]
    found = reports.consumption(uow, scope=member.scope, month=shown, site_id=site)
    named = _named(request, found)
    return render(
        request,
        "manager/consumption.html",
        member=member,
        found=found,
        month=shown,
        months=recent(),
        sites=found.sites,
        site_id=site,
        by_site=_by_site(found, named),
        by_building=_by_building(found, named),
        by_machine=_by_machine(found),
        weekdays=WEEKDAYS,
        **_grid(found),
        chart=_days(found),
    )


@router.get("/table.xlsx")
def table(
    request: Request,
    uow: Transaction,
    member: CurrentManager,
    month: Month = None,
    site: UUID | None = None,
) -> Response:
    """By machine, then by weekday and hour, as Excel."""
    shown = month_of(month) if month else recent(1)[0]
    found = reports.consumption(uow, scope=member.scope, month=shown, site_id=site)
    translate, named = formats_of(request).translate, _named(request, found)
    figures = [translate("Pours"), translate("Water (mL)"), translate("Sales (fen)")]
    head: list[Cell] = [
        *(translate(name) for name in ("Site", "Place", "Machine")),
        *figures,
        translate("Water before (mL)"),
    ]
    rows: list[list[Cell]] = [head]
    for device in found.devices:
        site_name = named.get(device.site_id, "") if device.site_id else ""
        names = [site_name, device.spot, device.device_id]
        rows.append([*names, *found.of(device), found.before_of(device).ml])
    rows += [[], [translate("Weekday"), translate("Hour"), "", *figures]]
    rows += [
        [translate(WEEKDAYS[slot.weekday - 1]), slot.hour, "", *volume]
        for slot, volume in sorted(found.totals.by_slot.items())
    ]
    return exports.excel(uow, member, name=f"consumption-{shown:%Y-%m}", rows=rows)


def _named(request: Request, found: Consumption) -> dict[UUID, str]:
    """What the sites are called, in the reader's language."""
    is_chinese = formats_of(request).locale == "zh_CN"
    return {one.site_id: one.name if is_chinese else one.name_en for one in found.sites}


def _by_site(found: Consumption, named: Mapping[UUID, str]) -> list[Compared]:
    return [
        _compared(
            found, named[one.site_id], "", [d for d in found.devices if d.site_id == one.site_id]
        )
        for one in found.sites
    ]


def _by_building(found: Consumption, named: Mapping[UUID, str]) -> list[Compared]:
    groups: dict[tuple[str, str], list[Device]] = defaultdict(list)
    for device in found.devices:
        site_name = named.get(device.site_id, "") if device.site_id else ""
        groups[site_name, reports.place_of(device.spot).building or "—"].append(device)
    rows = [_compared(found, name, site, held) for (site, name), held in groups.items()]
    return sorted(rows, key=lambda row: -row.now.ml)


def _by_machine(found: Consumption) -> list[Compared]:
    rows = [_compared(found, device.device_id, device.spot, [device]) for device in found.devices]
    return sorted(rows, key=lambda row: -row.now.ml)


def _compared(found: Consumption, name: str, about: str, devices: Iterable[Device]) -> Compared:
    held = list(devices)
    return Compared(
        name,
        about,
        reports.added(found.of(device) for device in held),
        reports.added(found.before_of(device) for device in held),
    )


def _grid(found: Consumption) -> dict[str, Any]:
    """Litres by weekday and hour, each with its depth of colour from 0 to 4."""
    slots = found.totals.by_slot
    most = max((volume.ml for volume in slots.values()), default=0)

    def depth(slot: Slot) -> int:
        return -(-4 * slots[slot].ml // most) if most and slot in slots else 0

    grid = [
        [(slots.get(Slot(day, hour)), depth(Slot(day, hour))) for hour in range(24)]
        for day in range(1, 8)
    ]
    return {"grid": grid, "peak": found.totals.busiest_slot}


def _days(found: Consumption) -> dict[str, Any]:
    """Litres by day, as `charts.js` reads it."""
    points = [
        (day.strftime("%m-%d"), round(volume.ml / 1000, 1))
        for day, volume in sorted(found.totals.by_day.items())
    ]
    return {"kind": "bars", "name": f"{found.first:%Y-%m}", "unit": "L", "points": points}
