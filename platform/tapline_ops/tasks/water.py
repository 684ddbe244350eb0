"""Safe water: readings are watched, cases are opened, traces are carried out."""

from tapline.events import WaterStopped
from tapline.uow import UnitOfWork
from tapline.water import drills, stops, traces
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def ticket_water_stop(uow: UnitOfWork, event: WaterStopped) -> None:
    stops.ticket(uow, tenant_id=event.tenant_id, stop_id=event.stop_id)


@tenant_sweep
def watch_water(uow: UnitOfWork, tenant_id: str) -> None:
    stops.watch(uow, tenant_id=tenant_id)


@tenant_sweep
def carry_water_traces(uow: UnitOfWork, tenant_id: str) -> None:
    traces.carry(uow, tenant_id=tenant_id)


@tenant_sweep
def plan_water_drills(uow: UnitOfWork, tenant_id: str) -> None:
    drills.plan(uow, tenant_id=tenant_id)
