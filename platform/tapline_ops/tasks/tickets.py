"""Cases: what opens them, and what happens to them by the clock."""

from tapline import tickets
from tapline.events import (
    BreakerTripped,
    CorrectionHeld,
    FindingRaised,
    OrderChanged,
    PredictionRaised,
)
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


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


@consumer
def ticket_breaker(uow: UnitOfWork, event: BreakerTripped) -> None:
    tickets.on_breaker(uow, tenant_id=event.tenant_id, breaker_id=event.breaker_id)


@consumer
def ticket_prediction(uow: UnitOfWork, event: PredictionRaised) -> None:
    tickets.on_prediction(uow, tenant_id=event.tenant_id, prediction_id=event.prediction_id)


@consumer
def ticket_late_order(uow: UnitOfWork, event: OrderChanged) -> None:
    tickets.on_order(uow, tenant_id=event.tenant_id, order_id=event.order_id)


@tenant_sweep
def sweep_tickets(uow: UnitOfWork, tenant_id: str) -> None:
    tickets.sweep_clocks(uow, tenant_id=tenant_id)
    tickets.dispatch_foreseen(uow, tenant_id=tenant_id)
