"""Machines that go dark, and word of outages, by the clock."""

from tapline import outages
from tapline.uow import UnitOfWork
from tapline_ops.worker import tenant_sweep


@tenant_sweep
def watch_machines(uow: UnitOfWork, tenant_id: str) -> None:
    outages.watch(uow, tenant_id=tenant_id)


@tenant_sweep
def tell_outages(uow: UnitOfWork, tenant_id: str) -> None:
    outages.tell(uow, tenant_id=tenant_id)
