"""Reading what sensors say, every few seconds, for all machines of a tenant at once."""

from tapline import clock, policy
from tapline.uow import UnitOfWork
from tapline.water.stops import rules, service
from tapline.water.stops.repository import WaterStopRepository


def watch(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Stop the machines whose newest readings say that their water is not safe, and tell those
    again that did not hear it. Copies and latecomers change nothing: a reading is stored once, and
    one from before a release is not looked at."""
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    stops = WaterStopRepository(uow, tenant_id)
    readings = stops.readings(now - rules.READINGS_FRESH, in_force.water_readings_min)
    doubtful = [name for name, ones in readings.items() if rules.needs_baseline(in_force, ones)]
    until = now - rules.READINGS_FRESH
    means = stops.baselines(doubtful, now - rules.BASELINE, until) if doubtful else {}
    for device_id, newest in readings.items():
        for sign in rules.signs(in_force, newest, means.get(device_id)):
            service.stop(
                uow,
                tenant_id=tenant_id,
                device_id=device_id,
                cause=sign.cause,
                evidence=sign.evidence,
                at=sign.at,
            )
    service.ask_again(uow, tenant_id=tenant_id)
