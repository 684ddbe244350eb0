"""What other operators gave to us is dropped when its consent ends."""

from tapline import sharing
from tapline.uow import UnitOfWork
from tapline_ops.worker import tenant_sweep


@tenant_sweep
def forget_shared(uow: UnitOfWork, tenant_id: str) -> None:
    sharing.received.forget_ended(uow, tenant_id=tenant_id)
