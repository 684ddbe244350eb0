"""Rounds, closed sites and a missing part, beside the estate of `tests.world`."""

from datetime import timedelta
from uuid import uuid4

from tapline import clock, files, people, tickets
from tapline.people import Role
from tapline.rounds import plans, visits
from tapline.rounds.plans import USUAL, RoundKind
from tapline.sites import closures
from tapline.sites.closures import ClosureKind, Span
from tapline.tickets import About, work_orders
from tapline.tickets.work_orders import obstacles
from tapline.tickets.work_orders.obstacles import Obstacle
from tapline.uow import UnitOfWork
from tests import world
from tests.world import World
from tests.world_desk import PICTURE
from tests.world_field import TECHNICIAN


def looked_after(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """A plan for two machines, one visit done with a flaw and one to be done by `TECHNICIAN`, a
    site that will be closed, and a work order that waits for a pump. By the names of paths."""
    staff = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    him = staff.get(TECHNICIAN) or world.staff(
        uow, estate, "demo", TECHNICIAN, "张工", Role.TECHNICIAN
    )
    plan = plans.create(
        uow,
        tenant_id="demo",
        name="每周巡检",
        kind=RoundKind.INSPECTION,
        every_days=7,
        first_on=clock.business_date(clock.now()),
        items=USUAL[RoundKind.INSPECTION],
        actor="he.qing",
        device_ids=estate.devices[:2],
    )
    visits.plan_due(uow, tenant_id="demo")
    first, second = (
        next(one for one in visits.at_machine(uow, tenant_id="demo", device_id=device_id))
        for device_id in estate.devices[:2]
    )
    for visit in (first, second):
        visits.open_at(
            uow,
            tenant_id="demo",
            visit_id=visit.visit_id,
            technician=him,
            code=visit.device_id,
        )
    photo = files.keep(
        uow,
        tenant_id="demo",
        name="tds.png",
        media_type="image/png",
        content=PICTURE,
    )
    visits.finish(
        uow,
        tenant_id="demo",
        visit_id=first.visit_id,
        technician=him,
        given=["yes", "yes", "63", "yes", "22"],
        words="滤芯该换了",
        file_ids=[photo.file_id],
        request_key=uuid4().hex,
    )
    begins = clock.now() + timedelta(days=30)
    closure = closures.announce(
        uow,
        tenant_id="demo",
        site_id=estate.sites[0].site_id,
        kind=ClosureKind.CLOSED,
        span=Span(begins, begins + timedelta(days=9), "宿舍楼大修"),
        actor="he.qing",
    )
    return {
        "plan_id": str(plan.plan_id),
        "visit_id": str(second.visit_id),
        "closure_id": str(closure.closure_id),
        "setback_id": str(_without_a_pump(uow, estate)),
    }


def _without_a_pump(uow: UnitOfWork, estate: World) -> object:
    staff = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
    ticket = tickets.report(
        uow,
        tenant_id="demo",
        category="device_fault",
        about=About(device_id=estate.devices[3], facts={"words": "水泵不转"}),
        actor="he.qing",
        words="水泵不转",
        subject="rounds:pump",
    )
    work = work_orders.dispatch(
        uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        technician_id=staff[TECHNICIAN].staff_id,
        staff=staff["he.qing"],
        words="带水泵",
    )
    obstacles.meet(
        uow,
        tenant_id="demo",
        work_order_id=work.work_order_id,
        technician=staff[TECHNICIAN],
        obstacle=Obstacle.NO_PART,
        plan=obstacles.Plan(part="pump"),
        words="车上没有",
        request_key=uuid4().hex,
    )
    waiting = obstacles.open_parts(uow, tenant_id="demo")
    return waiting[0][0].setback_id
