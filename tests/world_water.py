"""Machines of the estate with treatments, samples, a stop and a case of bad water."""

from datetime import timedelta

from tapline import clock, people, water
from tapline.people import Role
from tapline.uow import UnitOfWork
from tapline.water import FilterKind, TreatmentKind, drills, samples, stops, traces
from tests.world import World

GOOD = {"bacteria": 3, "coliforms": 0, "turbidity": 12, "tds": 11, "ph": 712}
BAD = GOOD | {"coliforms": 4}


def treated(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """The last machine of the second site failed a test; ids by name."""
    device_id, now = estate.devices[19], clock.now()
    leader, _ = people.create_staff(
        uow, tenant_id="demo", login="water.leader", name="水质主管", role=Role.SUPERVISOR
    )
    for filter_kind, days in ((FilterKind.PREFILTER, 85), (FilterKind.MEMBRANE, 200)):
        water.record_treatment(
            uow,
            tenant_id="demo",
            device_id=device_id,
            kind=TreatmentKind.FILTER_CHANGE,
            filter_kind=filter_kind,
            actor=leader.login,
            at=now - timedelta(days=days),
        )
    water.record_treatment(
        uow,
        tenant_id="demo",
        device_id=device_id,
        kind=TreatmentKind.DISINFECTION,
        actor=leader.login,
        at=now - timedelta(days=20),
    )
    for hours, readings in ((30, GOOD), (2, BAD)):
        sample = water.record_sample(
            uow,
            tenant_id="demo",
            device_id=device_id,
            actor=leader.login,
            at=now - timedelta(hours=hours),
        )
        water.report(
            uow,
            tenant_id="demo",
            sample_id=sample.sample_id,
            laboratory="杭州水质检测中心",
            report_no="W-1",
            readings=readings,
            actor=leader.login,
        )
    trace = traces.open_for_machine(
        uow, staff=leader, device_id=device_id, sample_id=sample.sample_id
    )
    waiting = water.record_sample(
        uow, tenant_id="demo", device_id=estate.devices[0], actor=leader.login, at=now
    )
    drills.plan(uow, tenant_id="demo")
    assert stops.standing(uow, tenant_id="demo")
    assert samples.listed(uow, tenant_id="demo")
    (drill,) = drills.listed(uow, tenant_id="demo")
    return {
        "sample_id": str(waiting.sample_id),
        "trace_id": str(trace.trace_id),
        "quarter": drill.quarter,
    }
