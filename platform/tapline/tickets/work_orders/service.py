from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit, clock, files, partners, people
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import PartsBuiltIn
from tapline.people import Role, Staff
from tapline.tickets import ending, ownership
from tapline.tickets.model import EntryKind, Outcome, Source, Ticket, TicketState
from tapline.tickets.record import note
from tapline.tickets.repository import TicketRepository
from tapline.tickets.work_orders import codes, dispatching, rules
from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.tickets.work_orders.repository import WorkOrderRepository
from tapline.uow import UnitOfWork


def get(uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID) -> WorkOrder:
    """One work order; `NotFoundError` where the tenant has none such."""
    return WorkOrderRepository(uow, tenant_id).get(work_order_id)


def of_ticket(uow: UnitOfWork, *, tenant_id: str, ticket_id: UUID) -> Sequence[WorkOrder]:
    """The work orders of a ticket, oldest first."""
    return WorkOrderRepository(uow, tenant_id).of_ticket(ticket_id)


def of_technician(
    uow: UnitOfWork, *, tenant_id: str, technician_id: UUID, ended_since: datetime | None = None
) -> Sequence[WorkOrder]:
    """What a technician still has, oldest first; or what he ended since then, newest first."""
    works = WorkOrderRepository(uow, tenant_id)
    if ended_since is not None:
        return works.ended_of(technician_id, ended_since)
    return works.of_technician(technician_id)


def of_machine(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, limit: int
) -> Sequence[tuple[WorkOrder, Ticket]]:
    """The visits to a machine that have ended, newest first, each with its case."""
    return WorkOrderRepository(uow, tenant_id).of_machine(device_id, limit)


def dispatch(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    ticket_id: UUID,
    technician_id: UUID,
    staff: Staff,
    words: str,
) -> WorkOrder:
    """Send a technician; who sends one for what nobody took has taken it.

    Raises:
        NotFoundError: the tenant has no such ticket, or nobody of that id.
        InvalidError: that person is no technician.
        ConflictError: the ticket is closed, or a technician works on it already.
    """
    technician = people.staff_member(uow, tenant_id=tenant_id, staff_id=technician_id)
    if technician.role is not Role.TECHNICIAN or technician.disabled_at is not None:
        raise InvalidError(f"{technician.name} is no technician: choose one")
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    if ticket.state is not TicketState.TAKEN:
        ownership.become_owner(uow, ticket, staff)
    work = dispatching.send(uow, ticket, technician, words=words.strip(), actor=staff.name)
    _audit(uow, work, staff, "dispatch", words)
    return work


def recall(
    uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID, staff: Staff, reason: str
) -> WorkOrder:
    """Take it back from the technician, who is told.

    Raises:
        NotFoundError: the tenant has no such work order.
        InvalidError: no reason.
        ConflictError: it has ended.
    """
    if not reason.strip():
        raise InvalidError("say why he need not go")
    ticket, work = _locked(uow, tenant_id, work_order_id)
    if not work.state.is_open:
        raise ConflictError(f"work order {work.number} is {work.state.value}: nothing to recall")
    dispatching.recall_open(uow, ticket, actor=staff.name, reason=reason.strip())
    _audit(uow, work, staff, "recall", reason)
    return work


def accept(uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID, technician: Staff) -> WorkOrder:
    """The technician will go. Saying it again changes nothing.

    Raises:
        NotFoundError: he has no such work order.
        ConflictError: it was recalled or has ended.
    """
    ticket, work = own(uow, tenant_id, work_order_id, technician)
    if work.state is WorkOrderState.DISPATCHED:
        work.state, work.accepted_at = WorkOrderState.ACCEPTED, clock.now()
        _step(uow, ticket, work, EntryKind.WORK_ACCEPTED, technician)
    return work


def start(uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID, technician: Staff) -> WorkOrder:
    """The technician is there. Saying it again changes nothing.

    Raises:
        NotFoundError: he has no such work order.
        ConflictError: it was recalled or has ended.
    """
    ticket, work = own(uow, tenant_id, work_order_id, technician)
    if work.state is not WorkOrderState.ON_SITE:
        work.accepted_at = work.accepted_at or clock.now()
        work.state, work.started_at = WorkOrderState.ON_SITE, clock.now()
        _step(uow, ticket, work, EntryKind.WORK_STARTED, technician)
    return work


def finish(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    work_order_id: UUID,
    technician: Staff,
    outcome: Outcome,
    parts: Mapping[str, int],
    words: str,
    file_ids: Sequence[UUID] = (),
) -> WorkOrder:
    """What the technician found and did. Said again, it stays what it was.

    Where nobody waits for an answer, as for what was foreseen, the ticket is closed with it;
    otherwise the customer or the desk confirms.

    Raises:
        NotFoundError: he has no such work order, or there is no such file.
        InvalidError: the outcome is none for this case, or he was not there.
        ConflictError: it was recalled or given back.
    """
    ticket, work = own(uow, tenant_id, work_order_id, technician, done=WorkOrderState.FINISHED)
    if work.state is WorkOrderState.FINISHED:
        return work
    for file_id in file_ids:
        files.get(uow, tenant_id=tenant_id, file_id=file_id)
    on_site = work.state is WorkOrderState.ON_SITE
    rules.check_report(ticket.source, outcome, on_site=on_site, parts=parts)
    work.state, work.ended_at, work.outcome = WorkOrderState.FINISHED, clock.now(), outcome
    work.parts, work.report = dict(parts), words.strip()
    work.file_ids = [str(file_id) for file_id in file_ids]
    _step(uow, ticket, work, EntryKind.WORK_FINISHED, technician, body=words.strip())
    if on_site:
        _note_visit(uow, ticket, work)
    codes.send(uow, ticket, work)
    if work.parts:
        uow.emit(PartsBuiltIn(tenant_id=tenant_id, work_order_id=work_order_id))
    if ticket.source is Source.PREDICTION:
        ending.end(uow, ticket, outcome, actor=technician.login)
        note(uow, ticket, EntryKind.CLOSED, actor=technician.name)
    return work


def hand_back(
    uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID, technician: Staff, reason: str
) -> WorkOrder:
    """The technician cannot do it; after too many returns the supervisors are told.

    What was foreseen goes back to the pile; a case of the desk stays with its owner.

    Raises:
        NotFoundError: he has no such work order.
        InvalidError: no reason.
        ConflictError: it was recalled or has ended.
    """
    if not reason.strip():
        raise InvalidError("say why you hand it back: the desk reads it")
    ticket, work = own(uow, tenant_id, work_order_id, technician, done=WorkOrderState.RETURNED)
    if work.state is WorkOrderState.RETURNED:
        return work
    work.state, work.ended_at = WorkOrderState.RETURNED, clock.now()
    work.report = reason.strip()
    if ticket.owner_id == technician.staff_id:
        ticket.state, ticket.owner_id = TicketState.OPEN, None
    _step(uow, ticket, work, EntryKind.WORK_RETURNED, technician, body=reason.strip())
    ownership.count_return(uow, ticket)
    return work


def _note_visit(uow: UnitOfWork, ticket: Ticket, work: WorkOrder) -> None:
    """Say what the visit was for: who answers for that, pays it."""
    entries = TicketRepository(uow, ticket.tenant_id).entries(ticket.ticket_id)
    finding_ids = [entry.finding_id for entry in entries if entry.finding_id is not None]
    if ticket.device_id is not None:
        partners.note_visit(
            uow,
            tenant_id=ticket.tenant_id,
            work_order_id=work.work_order_id,
            device_id=ticket.device_id,
            finding_ids=finding_ids,
        )


def _locked(uow: UnitOfWork, tenant_id: str, work_order_id: UUID) -> tuple[Ticket, WorkOrder]:
    """The work order with its ticket; the ticket is locked first, as everywhere."""
    works = WorkOrderRepository(uow, tenant_id)
    ticket_id = works.get(work_order_id).ticket_id
    ticket = TicketRepository(uow, tenant_id).get(ticket_id, lock=True)
    return ticket, works.get(work_order_id, lock=True)


def own(
    uow: UnitOfWork,
    tenant_id: str,
    work_order_id: UUID,
    technician: Staff,
    *,
    done: WorkOrderState | None = None,
) -> tuple[Ticket, WorkOrder]:
    """The technician's own work order with its ticket, both locked, open; or `done`, when that was
    said before.

    Raises:
        NotFoundError: he has no such work order.
        ConflictError: it was recalled or has ended.
    """
    ticket, work = _locked(uow, tenant_id, work_order_id)
    if work.technician_id != technician.staff_id:
        raise NotFoundError(f"you have no work order {work_order_id}")
    if not work.state.is_open and work.state is not done:
        raise ConflictError(f"work order {work.number} is {work.state.value}: you need not go on")
    return ticket, work


def _step(
    uow: UnitOfWork,
    ticket: Ticket,
    work: WorkOrder,
    kind: EntryKind,
    technician: Staff,
    *,
    body: str = "",
) -> None:
    dispatching.changed(uow, ticket, work, kind, actor=technician.name, body=body)
    _audit(uow, work, technician, kind.value.removeprefix("work_"), body)


def _audit(uow: UnitOfWork, work: WorkOrder, staff: Staff, verb: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=work.tenant_id,
        actor=staff.login,
        action=f"work_order.{verb}",
        subject=f"ticket:{work.ticket_id}",
        reason=reason.strip(),
    )
