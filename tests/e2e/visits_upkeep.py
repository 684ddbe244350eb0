"""The pages of machines that are looked after: water, outages, rounds, firmware."""

from tapline import clock, outages, rollouts
from tapline.people import Scope
from tapline.rounds import visits
from tapline.rounds.visits import VisitState
from tapline.uow import Database
from tapline.water import Verdict, samples, traces
from tests.e2e.visiting import Visit
from tests.world import World
from tests.world_field import TECHNICIAN


def upkeep(estate: World, database: Database) -> list[Visit]:
    """Each of them once."""
    return [
        *_waters(estate, database),
        *_outages(database),
        *_rounds(database),
        *_firmware(database),
    ]


def _waters(estate: World, database: Database) -> list[Visit]:
    """The water of a machine that is stopped, at the desk and for everybody."""
    with database.transaction() as uow:
        waiting = samples.listed(uow, tenant_id="demo", verdict=Verdict.WAITING)[0]
        failed = samples.listed(uow, tenant_id="demo", verdict=Verdict.FAILED)[0]
        trace = traces.listed(uow, tenant_id="demo")[0]
    machine, site = estate.devices[19], estate.sites[1].site_id
    return [
        Visit("public-machine-stopped", f"/q/{machine}"),
        Visit("public-machine", f"/q/{estate.devices[6]}"),
        Visit("public-site", f"/q/sites/{site}"),
        Visit("public-poster", f"/q/sites/{site}/poster"),
        Visit("manager-water", f"/manager/sites/{site}/water", "wuye"),
        Visit("console-water", "/console/water", "he.qing"),
        Visit("console-water-machine", f"/console/water/machines/{machine}", "he.qing"),
        Visit("console-water-report", f"/console/water/samples/{waiting.sample_id}", "he.qing"),
        Visit("console-water-sample", f"/console/water/samples/{failed.sample_id}", "he.qing"),
        Visit("console-water-trace", f"/console/water/traces/{trace.trace_id}", "he.qing"),
    ]


def _outages(database: Database) -> list[Visit]:
    """What is out and what is planned, at both doors."""
    with database.transaction() as uow:
        (plan,) = outages.plans.listed(uow, scope=Scope("demo"), since=clock.now())
    return [
        Visit(f"{door}-{name}", f"/{door}/outages{path}", who)
        for door, who in (("manager", "wuye"), ("console", "he.qing"))
        for name, path in (
            ("outages", ""),
            ("outage-plan", f"/plans/{plan.plan_id}"),
            ("uptime", "/uptime"),
        )
    ]


def _rounds(database: Database) -> list[Visit]:
    """What is looked after by plan: for technicians, the desk and property managers."""
    with database.transaction() as uow:
        today = clock.business_date(clock.now())
        done, waits = (
            next(
                one
                for one in visits.listed(uow, tenant_id="demo", since=today, until=today)
                if one.state is state
            )
            for state in (VisitState.DONE, VisitState.OPEN)
        )
    return [
        Visit("field-round", f"/field/rounds/{waits.visit_id}", TECHNICIAN),
        Visit("field-round-done", f"/field/rounds/{done.visit_id}", TECHNICIAN),
        Visit("field-machines", "/field/machines", TECHNICIAN),
        Visit("field-machine", f"/field/machines/{done.device_id}", TECHNICIAN),
        Visit("console-rounds", "/console/rounds", "he.qing"),
        Visit("console-round-new", "/console/rounds/new", "he.qing"),
        Visit("console-round-plan", f"/console/rounds/plans/{done.plan_id}", "he.qing"),
        Visit("console-round", f"/console/rounds/visits/{done.visit_id}", "he.qing"),
        Visit("console-closures", "/console/closures", "he.qing"),
        Visit("manager-rounds", "/manager/rounds", "wuye"),
    ]


def _firmware(database: Database) -> list[Visit]:
    """What is rolled out, and one of it."""
    with database.transaction() as uow:
        made, _ = rollouts.listed(uow, tenant_id="demo")[0]
    return [
        Visit("console-rollouts", "/console/rollouts", "he.qing"),
        Visit("console-rollout", f"/console/rollouts/{made.rollout_id}", "he.qing"),
    ]
