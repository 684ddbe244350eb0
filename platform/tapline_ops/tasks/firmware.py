"""Rollouts of firmware: carried on by the clock, and stopped with a case for a person."""

from tapline import rollouts, tickets
from tapline.events import RolloutStopped
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@tenant_sweep
def sweep_rollouts(uow: UnitOfWork, tenant_id: str) -> None:
    given = settings()
    origin = (given.firmware_origin or given.web_origin).rstrip("/")
    rollouts.sweep(uow, tenant_id=tenant_id, origin=origin)


@consumer
def ticket_rollout(uow: UnitOfWork, event: RolloutStopped) -> None:
    tickets.on_rollout(uow, tenant_id=event.tenant_id, rollout_id=event.rollout_id)
