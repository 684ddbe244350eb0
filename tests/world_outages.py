"""Works that are planned on the estate's first site, and an outage that nobody planned."""

from datetime import timedelta

from sqlalchemy import select

from tapline import clock, outages, people
from tapline.ids import new_id
from tapline.outages import Cause, Incident, IncidentKind
from tapline.outages.plans import Wish
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tests.world import World


def planned(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Works of next week, and an incident of today that is not over; ids by name."""
    now = clock.now()
    manager = uow.session.scalars(
        select(Staff).where(Staff.role == Role.MANAGER, Staff.login == "wuye")
    ).one()
    made = outages.plans.plan(
        uow,
        scope=people.scope_of(uow, member=manager),
        staff=manager,
        site_id=estate.sites[0].site_id,
        wish=Wish(
            starts_at=now + timedelta(days=7),
            ends_at=now + timedelta(days=7, hours=6),
            reason="更换主管道阀门",
        ),
    )
    incident = Incident(
        incident_id=new_id(),
        tenant_id="demo",
        kind=IncidentKind.SITE,
        site_id=estate.sites[0].site_id,
        began_at=now - timedelta(hours=1),
        found_at=now - timedelta(minutes=55),
        is_deaf=False,
        cause=Cause.UNKNOWN,
        machines=5,
        machines_most=6,
        machines_all=8,
    )
    uow.session.add(incident)
    uow.session.flush()
    return {"planned_id": str(made.plan_id), "incident_id": str(incident.incident_id)}
