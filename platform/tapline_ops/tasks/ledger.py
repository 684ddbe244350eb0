"""The books, by the clock."""

from tapline import audit, ledger
from tapline.uow import UnitOfWork
from tapline_ops.worker import tenant_sweep, upkeep


@upkeep
def seal_ledger(uow: UnitOfWork) -> None:
    ledger.seal(uow)


@tenant_sweep
def close_ledger_days(uow: UnitOfWork, tenant_id: str) -> None:
    """Close past days that need no explanation; the others wait for a person."""
    ledger.close_explained(uow, tenant_id=tenant_id, actor=audit.SYSTEM)
