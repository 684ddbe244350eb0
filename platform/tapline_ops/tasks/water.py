"""Safe water: readings are watched, cases are opened, traces are carried out."""

from functools import partial

from tapline import tenants
from tapline.events import WaterStopped
from tapline.uow import Database, UnitOfWork
from tapline.water import drills, stops, traces
from tapline_ops.transact import transact_each
from tapline_ops.worker import app, consumer, database, tenant_sweep


@consumer
def ticket_water_stop(uow: UnitOfWork, event: WaterStopped) -> None:
    stops.ticket(uow, tenant_id=event.tenant_id, stop_id=event.stop_id)


@tenant_sweep
def watch_water(uow: UnitOfWork, tenant_id: str) -> None:
    stops.watch(uow, tenant_id=tenant_id)


_TURN_S = 4.0
"""A run is over before the clock starts the next one."""


def carry_water_traces() -> None:
    carry(database())


app.task(carry_water_traces, name=carry_water_traces.__name__)


def carry(database: Database) -> None:
    """Take every case on, a step a transaction and one after the other: what one is stuck on, or
    busy with, keeps nobody else's customers waiting for a warning."""
    with database.transaction() as uow:
        open_ = {
            trace_id: tenant_id
            for tenant_id in tenants.ids(uow)
            for trace_id in traces.under_way(uow, tenant_id=tenant_id)
        }
    works = {
        f"trace {trace_id} of {tenant_id}": partial(
            traces.carry, tenant_id=tenant_id, trace_id=trace_id
        )
        for trace_id, tenant_id in open_.items()
    }
    transact_each(database, works, turn_s=_TURN_S)


@tenant_sweep
def plan_water_drills(uow: UnitOfWork, tenant_id: str) -> None:
    drills.plan(uow, tenant_id=tenant_id)
