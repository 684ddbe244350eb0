"""What property managers read of their sites."""

from tapline import notices, reports
from tapline.uow import UnitOfWork
from tapline_ops.worker import tenant_sweep


@tenant_sweep
def roll_consumption(uow: UnitOfWork, tenant_id: str) -> None:
    reports.roll_consumption(uow, tenant_id=tenant_id)


@tenant_sweep
def tell_managers(uow: UnitOfWork, tenant_id: str) -> None:
    """The morning card, to each manager once a day."""
    for told in reports.morning_texts(uow, tenant_id=tenant_id):
        notices.queue_sms(
            uow,
            tenant_id=tenant_id,
            dedupe_key=f"morning:{told.staff.staff_id}:{told.day}",
            phone=told.phone,
            text=told.text,
        )
