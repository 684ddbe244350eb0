"""Who answers for what was found, and what properties earn."""

from tapline import partners
from tapline.events import FindingRaised
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def propose_responsibility(uow: UnitOfWork, event: FindingRaised) -> None:
    partners.on_finding(uow, tenant_id=event.tenant_id, finding_id=event.finding_id)


@tenant_sweep
def sweep_responsibilities(uow: UnitOfWork, tenant_id: str) -> None:
    partners.sweep_unanswered(uow, tenant_id=tenant_id)


@tenant_sweep
def tell_partners(uow: UnitOfWork, tenant_id: str) -> None:
    partners.tell_partners(uow, tenant_id=tenant_id)


@tenant_sweep
def accrue_shares(uow: UnitOfWork, tenant_id: str) -> None:
    partners.accrue_shares(uow, tenant_id=tenant_id)
