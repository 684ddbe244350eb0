"""A technician's day: where he goes, in which order, and what he has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from tapline import clock, devices, people, rounds, sites
from tapline.devices import Device
from tapline.rounds.routes import Stop
from tapline.rounds.visits import RoundVisit
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.web.field.doors import Technician
from tapline_api.web.field.works import Row, rows_of

router = APIRouter(prefix="/route")


@dataclass(frozen=True, slots=True)
class Call:
    """A stop of the route as the page shows it: a work order's or a round's."""

    stop: Stop
    site: Site | None
    device: Device | None
    row: Row | None = None
    visit: RoundVisit | None = None
    phone: str | None = None
    """Of whoever reported the case."""


@router.post("/move")
def move(
    uow: Transaction,
    member: Technician,
    stop: Annotated[str, Form(max_length=64)],
    by: Annotated[int, Form(ge=-1, le=1)],
) -> Response:
    """Put a stop one place further up or down."""
    rounds.routes.move(uow, technician=member.staff, key=stop, by=by)
    return see_other("/field#" + stop.replace(":", "-"))


@router.post("/reset")
def reset(uow: Transaction, member: Technician) -> Response:
    """The order of the house again."""
    rounds.routes.put_back(uow, technician=member.staff)
    return see_other("/field")


def day_context(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    """Everything that `field/works.html` asks for."""
    day = rounds.routes.day_of(uow, technician=member.staff)
    calls = _calls(uow, member, day)
    ended = len(day.done) + len(day.done_rounds)
    return {
        "day": day,
        "today": clock.business_date(clock.now()),
        "calls": calls,
        "waiting": rows_of(uow, member, day.waiting),
        "done": rows_of(uow, member, day.done),
        "ended": ended,
        "total": ended + len(calls),
    }


def _calls(uow: UnitOfWork, member: Member, day: rounds.routes.Day) -> Sequence[Call]:
    tenant_id = member.tenant_id
    places = {one.site_id: one for one in sites.listed(uow, tenant_id=tenant_id)}
    machines = {one.device_id: one for one in devices.listed(uow, tenant_id=tenant_id)}
    calls = []
    for stop in day.stops:
        if stop.key in day.works:
            (row,) = rows_of(uow, member, [day.works[stop.key]])
            about = row.case.row
            phone = _phone(uow, row)
            calls.append(Call(stop, about.site, about.device, row=row, phone=phone))
        else:
            visit = day.rounds[stop.key]
            site = places.get(visit.site_id) if visit.site_id else None
            calls.append(Call(stop, site, machines.get(visit.device_id), visit=visit))
    return calls


def _phone(uow: UnitOfWork, row: Row) -> str | None:
    ticket = row.case.row.ticket
    if ticket.customer_id is None:
        return None
    customer = people.find_customer(uow, tenant_id=ticket.tenant_id, customer_id=ticket.customer_id)
    return customer.phone if customer else None
