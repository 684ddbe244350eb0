"""What a repair does for a machine's water."""

from uuid import UUID

from tapline import clock, people, tickets, water
from tapline.tickets import work_orders
from tapline.uow import UnitOfWork
from tapline.water import FilterKind, TreatmentKind


def on_parts_built_in(uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID) -> None:
    """A filter that was changed begins its life: of each kind that a work order built in."""
    work = work_orders.get(uow, tenant_id=tenant_id, work_order_id=work_order_id)
    ticket = tickets.get(uow, tenant_id=tenant_id, ticket_id=work.ticket_id)
    if ticket.device_id is None:
        return
    technician = people.staff_member(uow, tenant_id=tenant_id, staff_id=work.technician_id)
    for kind in FilterKind:
        if kind.value in work.parts:
            water.record_treatment(
                uow,
                tenant_id=tenant_id,
                device_id=ticket.device_id,
                kind=TreatmentKind.FILTER_CHANGE,
                filter_kind=kind,
                actor=technician.login,
                at=work.ended_at or clock.now(),
                file_ids=[UUID(one) for one in work.file_ids],
                note=work.number,
            )
