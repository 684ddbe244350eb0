"""Rounds: visits that fall due, and filters that repairs changed."""

from tapline import rounds
from tapline.events import PartsBuiltIn
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@tenant_sweep
def plan_rounds(uow: UnitOfWork, tenant_id: str) -> None:
    rounds.visits.plan_due(uow, tenant_id=tenant_id)
    rounds.visits.escalate(uow, tenant_id=tenant_id)


@consumer
def note_parts(uow: UnitOfWork, event: PartsBuiltIn) -> None:
    rounds.on_parts_built_in(uow, tenant_id=event.tenant_id, work_order_id=event.work_order_id)
