from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from tapline import audit, clock, files
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.people import Staff
from tapline.rounds.plans import rules as checklists
from tapline.rounds.plans.rules import Answer
from tapline.rounds.visits import consequences, rules
from tapline.rounds.visits.model import RoundEntry, RoundVisit, VisitState
from tapline.rounds.visits.repository import VisitRepository
from tapline.tickets.work_orders.obstacles import Appointment, Obstacle
from tapline.tickets.work_orders.obstacles.rules import check_appointment
from tapline.uow import UnitOfWork

_KEY_MAX = 64


def get(uow: UnitOfWork, *, tenant_id: str, visit_id: UUID) -> RoundVisit:
    """One visit; `NotFoundError` where the tenant has none such."""
    return VisitRepository(uow, tenant_id).get(visit_id)


def of_technician(
    uow: UnitOfWork, *, technician: Staff, until: date, done_since: datetime | None = None
) -> Sequence[RoundVisit]:
    """What a technician has to do by a day, longest due first; or what he did since, newest."""
    visits = VisitRepository(uow, technician.tenant_id)
    if done_since is not None:
        return visits.done_by(technician.login, done_since)
    return visits.of_technician(technician.staff_id, until)


def at_machine(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, limit: int = 20
) -> Sequence[RoundVisit]:
    """The visits of a machine: those to be done, then the newest."""
    return VisitRepository(uow, tenant_id).of_machine(device_id, limit)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    since: date,
    until: date,
    among: Collection[UUID] | None = None,
) -> Sequence[RoundVisit]:
    """Due between these days, both included, the latest first; `among` sites."""
    return VisitRepository(uow, tenant_id).listed(since, until, among)


def entries_of(
    uow: UnitOfWork, *, tenant_id: str, visit_ids: Collection[UUID]
) -> Mapping[UUID, list[RoundEntry]]:
    """What was written down at each of these visits, oldest first; the last one counts."""
    found: dict[UUID, list[RoundEntry]] = {visit_id: [] for visit_id in visit_ids}
    for entry in VisitRepository(uow, tenant_id).entries(visit_ids):
        found[entry.visit_id].append(entry)
    return found


def open_at(
    uow: UnitOfWork, *, tenant_id: str, visit_id: UUID, technician: Staff, code: str
) -> RoundVisit:
    """Somebody stands at the machine and has read its label: the visit is his.

    Raises:
        NotFoundError: the tenant has no such visit.
        InvalidError: nothing was read.
        ConflictError: it is another machine's label, or the visit is over.
    """
    visit = VisitRepository(uow, tenant_id).get(visit_id, lock=True)
    rules.check_label(code, visit.device_id)
    if not visit.state.is_open:
        raise ConflictError(f"this visit is {visit.state.value}")
    visit.technician_id = technician.staff_id
    if visit.state is VisitState.DUE or visit.opened_by != technician.login:
        visit.state = VisitState.OPEN
        visit.opened_at, visit.opened_by = clock.now(), technician.login
    return visit


def finish(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    visit_id: UUID,
    technician: Staff,
    given: Sequence[str],
    words: str,
    file_ids: Sequence[UUID],
    request_key: str,
) -> RoundVisit:
    """The checklist is filled in, `given` as typed, one for each item. What is not as it should be
    becomes a case with its photos. Said again under the same `request_key` it changes nothing.

    Raises:
        NotFoundError: the tenant has no such visit or photo.
        InvalidError: an answer or a photo is missing, or cannot be.
        ConflictError: nobody has opened it at the machine, or it is over.
    """
    visits = VisitRepository(uow, tenant_id)
    visit = visits.get(visit_id, lock=True)
    if visits.sent_before(visit_id, _checked(request_key)):
        return visit
    if visit.state is not VisitState.OPEN:
        raise ConflictError("read the machine's label first: the visit begins there")
    answers = checklists.read_answers(checklists.parsed(visit.items), given)
    rules.check_photos(len(file_ids), visit.photos_min)
    entry = _entry(
        uow,
        visit,
        technician,
        request_key=request_key,
        answers=answers,
        words=words,
        file_ids=file_ids,
    )
    visits.add(entry)
    visit.state, visit.done_at, visit.done_by = VisitState.DONE, entry.made_at, technician.login
    consequences.follow(uow, visit, entry)
    _record(uow, visit, technician, "round.finish", words)
    return visit


def postpone(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    visit_id: UUID,
    technician: Staff,
    obstacle: Obstacle,
    appointment: Appointment,
    words: str,
    request_key: str,
    file_ids: Sequence[UUID] = (),
) -> RoundVisit:
    """Nobody was let in, or the power is off: the visit has a new time, and is not done.

    Raises:
        NotFoundError: the tenant has no such visit or photo.
        InvalidError: the new time cannot be.
        ConflictError: it is over.
    """
    visits = VisitRepository(uow, tenant_id)
    visit = visits.get(visit_id, lock=True)
    if visits.sent_before(visit_id, _checked(request_key)):
        return visit
    if not visit.state.is_open:
        raise ConflictError(f"this visit is {visit.state.value}")
    check_appointment(appointment, clock.now())
    entry = _entry(
        uow,
        visit,
        technician,
        request_key=request_key,
        answers=[],
        words=words,
        file_ids=file_ids,
    )
    entry.obstacle = obstacle
    visits.add(entry)
    visit.state = VisitState.DUE
    visit.window_from, visit.window_until = appointment
    _record(uow, visit, technician, "round.postpone", f"{obstacle.value} {words}".strip())
    return visit


def correct(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    visit_id: UUID,
    staff: Staff,
    given: Sequence[str],
    words: str,
    request_key: str,
) -> RoundVisit:
    """A better entry follows one with a mistake; that stays, with its photos. `words` say why.

    Raises:
        NotFoundError: the tenant has no such visit.
        InvalidError: nobody says why, or an answer cannot be.
        ConflictError: the visit is not done.
    """
    visits = VisitRepository(uow, tenant_id)
    visit = visits.get(visit_id, lock=True)
    if visits.sent_before(visit_id, _checked(request_key)):
        return visit
    if visit.state is not VisitState.DONE:
        raise ConflictError("it is not done yet: there is nothing to correct")
    if not words.strip():
        raise InvalidError("say what was wrong")
    before = visits.entries([visit_id])[-1]
    answers = checklists.read_answers(checklists.parsed(visit.items), given)
    photos = [UUID(one) for one in before.file_ids]
    entry = _entry(
        uow,
        visit,
        staff,
        request_key=request_key,
        answers=answers,
        words=words,
        file_ids=photos,
    )
    entry.corrects = before.entry_id
    visits.add(entry)
    consequences.follow_correction(uow, visit, before, entry)
    _record(uow, visit, staff, "round.correct", words)
    return visit


def _checked(request_key: str) -> str:
    if not 1 <= len(request_key) <= _KEY_MAX:
        raise InvalidError("load the page anew: its form is not whole")
    return request_key


def _entry(
    uow: UnitOfWork,
    visit: RoundVisit,
    staff: Staff,
    *,
    request_key: str,
    answers: Sequence[Answer],
    words: str,
    file_ids: Sequence[UUID],
) -> RoundEntry:
    for file_id in file_ids:
        files.get(uow, tenant_id=visit.tenant_id, file_id=file_id)
    items = checklists.parsed(visit.items)
    return RoundEntry(
        entry_id=new_id(),
        tenant_id=visit.tenant_id,
        visit_id=visit.visit_id,
        request_key=request_key,
        made_by=staff.login,
        made_at=clock.now(),
        answers=list(answers),
        flaws=checklists.flaws(items, answers) if answers else [],
        words=words.strip(),
        file_ids=[str(one) for one in file_ids],
    )


def _record(uow: UnitOfWork, visit: RoundVisit, staff: Staff, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=visit.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"device:{visit.device_id}",
        reason=reason.strip(),
    )
