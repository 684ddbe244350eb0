"""Opening tickets for what machines cannot settle."""

from tapline import tickets
from tapline.events import CorrectionHeld, FindingRaised
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer


@consumer
def consider_ticket(uow: UnitOfWork, event: FindingRaised) -> None:
    tickets.on_finding(uow, tenant_id=event.tenant_id, finding_id=event.finding_id)


@consumer
def ticket_held_correction(uow: UnitOfWork, event: CorrectionHeld) -> None:
    tickets.on_correction_held(
        uow,
        tenant_id=event.tenant_id,
        device_id=event.device_id,
        seq=event.seq,
        reason=event.reason,
    )
