"""The Celery application, and the three kinds of task: per event, per tenant, for all.

Tasks are transactions on the database. The task broker may lose or repeat one: what an event
asks for is sent again until it is marked as handled, in the transaction that handled it.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Protocol, TypeVar, get_type_hints
from uuid import UUID

import msgspec
from celery import Celery

from tapline import tenants
from tapline.events import Event
from tapline.outbox import OutboxRepository
from tapline.settings import settings
from tapline.uow import Database, UnitOfWork
from tapline_ops import schedule
from tapline_ops.connection import connect
from tapline_ops.transact import transact, transact_each

E = TypeVar("E", bound=Event)

CONCURRENCY = 4
"""Tasks at a time in one worker; they wait for the database more than they compute."""

_LONGEST_TASK_S = 900


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": settings().broker_url.get_secret_value(),
        "broker_connection_retry_on_startup": True,
        # A killed worker's tasks come back by the relay, long before this timeout.
        "broker_transport_options": {
            "visibility_timeout": _LONGEST_TASK_S,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
        },
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "worker_prefetch_multiplier": 1,
        "include": ["tapline_ops.tasks"],
        "beat_schedule": schedule.beat(),
        "timezone": "UTC",
    }


app = Celery("tapline")
app.add_defaults(_configuration)


@cache
def database() -> Database:
    """This worker's connections."""
    return connect(settings().database_url, pool_size=CONCURRENCY)


CONSUMERS: dict[str, Callable[[UnitOfWork, dict[str, Any]], None]] = {}
"""What consumers do with an event, told as the outbox tells it, by the names of their tasks."""


def consumer(handle: Callable[[UnitOfWork, E], None]) -> Callable[[UnitOfWork, E], None]:
    """A task that handles one event in one transaction, once however often it is delivered."""
    name = handle.__name__
    event_type = get_type_hints(handle)["event"]

    def consume(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        handle(uow, msgspec.convert(payload, event_type))

    def deliver(event_id: str, payload: dict[str, Any]) -> None:
        def once(uow: UnitOfWork) -> None:
            if OutboxRepository(uow.session).first_time(UUID(event_id), name):
                consume(uow, payload)

        transact(database(), once)

    CONSUMERS[name] = consume
    app.task(deliver, name=name)
    return handle


class TenantWork(Protocol):
    """What is due for one tenant."""

    __name__: str

    def __call__(self, uow: UnitOfWork, tenant_id: str) -> None: ...


def tenant_sweep(work: TenantWork) -> TenantWork:
    """A scheduled task that does its work for each tenant, in a transaction each."""

    def each() -> None:
        with database().transaction() as uow:
            tenant_ids = list(tenants.ids(uow))
        transact_each(database(), {one: partial(work, tenant_id=one) for one in tenant_ids})

    app.task(each, name=work.__name__)
    return work


def upkeep(work: Callable[[UnitOfWork], None]) -> Callable[[UnitOfWork], None]:
    """A scheduled task for the whole installation, in one transaction."""

    def run() -> None:
        transact(database(), work)

    app.task(run, name=work.__name__)
    return work
