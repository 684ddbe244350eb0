"""Foreseeing faults."""

from tapline.faults import days
from tapline.uow import UnitOfWork
from tapline_ops.worker import tenant_sweep


@tenant_sweep
def score_devices(uow: UnitOfWork, tenant_id: str) -> None:
    """Ask about every device once for each day that ended."""
    day = days.sum_up_new(uow, tenant_id=tenant_id)
    if day is not None:
        # Loading what learns takes a second and a hundred megabytes: not at every start.
        from tapline_ops import prediction  # noqa: PLC0415

        prediction.score(uow, tenant_id=tenant_id, day=day)
