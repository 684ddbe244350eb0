"""Letting time pass at the desks."""

from functools import partial

from tapline import routing
from tapline_ops.transact import transact_each
from tapline_ops.worker import app, database


def route_timers() -> None:
    """Offers run out, wrap-ups end, ladders are climbed: only the desks where something is due."""
    with database().transaction() as uow:
        due = routing.due(uow)
    works = {
        f"desk {desk} of {tenant_id}": partial(routing.run_timers, tenant_id=tenant_id, desk=desk)
        for tenant_id, desk in due
    }
    transact_each(database(), works)


app.task(route_timers, name=route_timers.__name__)
