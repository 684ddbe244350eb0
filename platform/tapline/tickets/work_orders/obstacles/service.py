from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, files
from tapline.errors import ConflictError
from tapline.ids import new_id
from tapline.people import Staff
from tapline.tickets.model import EntryKind
from tapline.tickets.work_orders import dispatching
from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.tickets.work_orders.obstacles import rules
from tapline.tickets.work_orders.obstacles.model import NextStep, Obstacle, Setback
from tapline.tickets.work_orders.obstacles.repository import SetbackRepository
from tapline.tickets.work_orders.obstacles.rules import Plan
from tapline.tickets.work_orders.service import own
from tapline.uow import UnitOfWork


def meet(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    work_order_id: UUID,
    technician: Staff,
    obstacle: Obstacle,
    plan: Plan,
    words: str,
    request_key: str,
    file_ids: Sequence[UUID] = (),
) -> WorkOrder:
    """The technician stood before a shut door, or lacks a part. The work order stays his, with a
    new time or until the part is there; nothing was found, so no model learns of it.

    Said again under the same `request_key`, it changes nothing.

    Raises:
        NotFoundError: he has no such work order, or there is no such file.
        InvalidError: nobody says what happens next.
        ConflictError: it was recalled or has ended.
    """
    ticket, work = own(uow, tenant_id, work_order_id, technician)
    setbacks = SetbackRepository(uow, tenant_id)
    if setbacks.sent_before(work_order_id, request_key) is not None:
        return work
    now = clock.now()
    next_step = rules.next_step(obstacle, plan, now)
    for file_id in file_ids:
        files.get(uow, tenant_id=tenant_id, file_id=file_id)
    appointment = plan.appointment if next_step is NextStep.APPOINTMENT else None
    work.state, work.started_at = WorkOrderState.ACCEPTED, None
    work.accepted_at = work.accepted_at or now
    work.window_from, work.window_until = appointment or (None, None)
    work.waits_for = plan.part if next_step is NextStep.PART else None
    setbacks.add(
        Setback(
            setback_id=new_id(),
            tenant_id=tenant_id,
            work_order_id=work_order_id,
            request_key=request_key,
            obstacle=obstacle,
            next_step=next_step,
            words=words.strip(),
            file_ids=[str(one) for one in file_ids],
            made_by=technician.login,
            at=now,
            part=work.waits_for,
            part_count=plan.count if work.waits_for else None,
        )
    )
    body = f"{obstacle.value} {words.strip()}".strip()
    dispatching.changed(
        uow, ticket, work, EntryKind.WORK_SET_BACK, actor=technician.name, body=body
    )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=technician.login,
        action="work_order.setback",
        subject=f"ticket:{work.ticket_id}",
        reason=body,
    )
    return work


def setbacks_of(uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID) -> Sequence[Setback]:
    """The failed attempts at a work order, newest first."""
    return SetbackRepository(uow, tenant_id).of_work(work_order_id)


def open_parts(uow: UnitOfWork, *, tenant_id: str) -> Sequence[tuple[Setback, WorkOrder]]:
    """Parts that visits wait for, longest first."""
    return SetbackRepository(uow, tenant_id).wanted()


def part_came(uow: UnitOfWork, *, tenant_id: str, setback_id: UUID, actor: str) -> Setback:
    """The part is there: its visit is on the route again. Said again it changes nothing.

    Raises:
        NotFoundError: the tenant has no such setback.
        ConflictError: it waits for no part.
    """
    setbacks = SetbackRepository(uow, tenant_id)
    setback = setbacks.get(setback_id)
    if setback.part is None:
        raise ConflictError("it waits for no part")
    if setback.part_came_at is None:
        setback.part_came_at, setback.part_came_by = clock.now(), actor
        waiting = [one for one, _ in setbacks.wanted() if one.setback_id != setback_id]
        if all(one.work_order_id != setback.work_order_id for one in waiting):
            dispatching.let_go_on(uow, tenant_id, setback.work_order_id)
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=actor,
            action="part.came",
            subject=f"work_order:{setback.work_order_id}",
            reason=setback.part,
        )
    return setback
