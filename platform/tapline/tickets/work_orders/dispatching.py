"""Giving a technician work, and taking it back."""

from uuid import UUID

from tapline import audit, clock, people
from tapline.errors import ConflictError
from tapline.events import WorkOrderChanged
from tapline.ids import new_id
from tapline.people import Staff
from tapline.tickets import telling
from tapline.tickets.clocks import service as clocks
from tapline.tickets.model import EntryKind, Ticket
from tapline.tickets.record import note
from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.tickets.work_orders.repository import WorkOrderRepository
from tapline.uow import UnitOfWork


def send(
    uow: UnitOfWork, ticket: Ticket, technician: Staff, *, words: str, actor: str = audit.SYSTEM
) -> WorkOrder:
    """A new work order of a locked ticket; that somebody is sent is an answer.

    Raises:
        ConflictError: a technician has one already.
    """
    works = WorkOrderRepository(uow, ticket.tenant_id)
    before = works.of_ticket(ticket.ticket_id)
    if any(one.state.is_open for one in before):
        raise ConflictError(f"a technician works on {ticket.number} already: recall him first")
    work = WorkOrder(
        work_order_id=new_id(),
        tenant_id=ticket.tenant_id,
        ticket_id=ticket.ticket_id,
        number=f"{ticket.number}-{len(before) + 1}",
        technician_id=technician.staff_id,
        state=WorkOrderState.DISPATCHED,
        made_by=actor,
        words=words,
        made_at=clock.now(),
        parts={},
        report="",
        file_ids=[],
    )
    works.add(work)
    clocks.answered(uow, ticket)
    changed(uow, ticket, work, EntryKind.DISPATCHED, actor=actor, body=technician.name)
    telling.technician(uow, ticket, technician, work.work_order_id)
    return work


def recall_open(uow: UnitOfWork, ticket: Ticket, *, actor: str, reason: str = "") -> None:
    """Take back the work order that a technician still has, if there is one, and tell him."""
    work = WorkOrderRepository(uow, ticket.tenant_id).open_of(ticket.ticket_id)
    if work is None:
        return
    work.state, work.ended_at = WorkOrderState.RECALLED, clock.now()
    technician = people.staff_member(uow, tenant_id=ticket.tenant_id, staff_id=work.technician_id)
    changed(uow, ticket, work, EntryKind.WORK_RECALLED, actor=actor, body=reason)
    telling.recalled(uow, ticket, technician, work.work_order_id)


def finished(uow: UnitOfWork, ticket: Ticket) -> WorkOrder | None:
    """The last work order, if it is finished."""
    works = WorkOrderRepository(uow, ticket.tenant_id).of_ticket(ticket.ticket_id)
    last = works[-1] if works else None
    return last if last and last.state is WorkOrderState.FINISHED else None


def let_go_on(uow: UnitOfWork, tenant_id: str, work_order_id: UUID) -> None:
    """What a work order waited for is there."""
    work = WorkOrderRepository(uow, tenant_id).get(work_order_id, lock=True)
    work.waits_for = None
    uow.emit(WorkOrderChanged(tenant_id=tenant_id, work_order_id=work_order_id))


def changed(
    uow: UnitOfWork, ticket: Ticket, work: WorkOrder, kind: EntryKind, *, actor: str, body: str = ""
) -> None:
    """Write a step of the work on its ticket's timeline, and say that it changed."""
    note(uow, ticket, kind, actor=actor, body=body)
    uow.emit(WorkOrderChanged(tenant_id=work.tenant_id, work_order_id=work.work_order_id))
