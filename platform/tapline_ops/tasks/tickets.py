"""Cases: what opens them, and what happens to them by the clock."""

from tapline import tickets
from tapline.events import (
    BreakerTripped,
    CorrectionHeld,
    FindingRaised,
    MachineBack,
    MachineDark,
    OrderChanged,
    OutageChanged,
    PlannedOutageBegun,
    PredictionRaised,
    ResponsibilityChanged,
)
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def consider_ticket(uow: UnitOfWork, event: FindingRaised) -> None:
    tickets.on_finding(uow, tenant_id=event.tenant_id, finding_id=event.finding_id)


@consumer
def follow_decision(uow: UnitOfWork, event: FindingRaised) -> None:
    tickets.on_decided(uow, tenant_id=event.tenant_id, finding_id=event.finding_id)


@consumer
def follow_objection(uow: UnitOfWork, event: ResponsibilityChanged) -> None:
    tickets.on_decided(uow, tenant_id=event.tenant_id, finding_id=event.finding_id)


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


@consumer
def ticket_dark_machine(uow: UnitOfWork, event: MachineDark) -> None:
    tickets.on_dark_machine(
        uow,
        tenant_id=event.tenant_id,
        device_id=event.device_id,
        darkness_id=event.darkness_id,
    )


@consumer
def follow_machine_back(uow: UnitOfWork, event: MachineBack) -> None:
    tickets.on_machine_back(uow, tenant_id=event.tenant_id, device_id=event.device_id)


@consumer
def ticket_outage(uow: UnitOfWork, event: OutageChanged) -> None:
    tickets.on_outage(uow, tenant_id=event.tenant_id, incident_id=event.incident_id)


@consumer
def hold_planned_tickets(uow: UnitOfWork, event: PlannedOutageBegun) -> None:
    tickets.on_plan(uow, tenant_id=event.tenant_id, plan_id=event.plan_id)


@tenant_sweep
def sweep_tickets(uow: UnitOfWork, tenant_id: str) -> None:
    tickets.sweep_clocks(uow, tenant_id=tenant_id)
    tickets.dispatch_foreseen(uow, tenant_id=tenant_id)
