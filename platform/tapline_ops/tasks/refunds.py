"""Giving money back."""

from tapline import refunds
from tapline.events import CorrectionDue, CorrectionPosted
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer


@consumer
def settle_pour(uow: UnitOfWork, event: CorrectionDue) -> None:
    refunds.settle_pour(uow, tenant_id=event.tenant_id, device_id=event.device_id, seq=event.seq)


@consumer
def tell_corrected(uow: UnitOfWork, event: CorrectionPosted) -> None:
    refunds.tell(
        uow,
        tenant_id=event.tenant_id,
        device_id=event.device_id,
        seq=event.seq,
        card_no=event.card_no,
        change_fen=event.change_fen,
    )
