from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tapline import audit, cards, clock, ledger
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.events import GraduationApproved
from tapline.ids import new_id
from tapline.people import Role, Staff
from tapline.rosters.graduations import rules
from tapline.rosters.graduations.model import CardStep, Graduation, GraduationCard
from tapline.rosters.graduations.repository import GraduationRepository
from tapline.rosters.graduations.rules import Candidate
from tapline.rosters.schools.repository import SchoolRepository
from tapline.rosters.students.model import Student
from tapline.uow import UnitOfWork

_MAY_APPROVE = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.ADMIN})


def preview(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    school_id: UUID,
    class_name: str | None = None,
    graduates_by: date | None = None,
) -> list[Candidate]:
    """Whose cards would be given up, and what is on them. Changes nothing.

    Raises:
        NotFoundError: the tenant has no such school.
        InvalidError: neither a class nor a day is chosen.
    """
    rules.check_selection(class_name, graduates_by)
    SchoolRepository(uow, tenant_id).get(school_id)
    graduations = GraduationRepository(uow, tenant_id)
    students = {
        one.card_no: one
        for one in graduations.candidates(school_id, class_name or None, graduates_by)
        if one.card_no is not None
    }
    known = cards.known(uow, tenant_id=tenant_id, card_nos=students)
    money = ledger.cards(uow, tenant_id=tenant_id, card_nos=list(students))
    disputed = graduations.disputed(students)
    return [
        _candidate(student, known[card_no], money[card_no].balance_fen, card_no in disputed)
        for card_no, student in students.items()
        if known[card_no].state in {cards.CardState.ACTIVE, cards.CardState.FROZEN}
    ]


def propose(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    school_id: UUID,
    class_name: str | None,
    graduates_by: date | None,
    count: int,
    reason: str,
    actor: str,
) -> Graduation:
    """Propose that these cards be given up: `count` of them, as the preview said.

    Raises:
        NotFoundError: the tenant has no such school.
        InvalidError: no reason, nothing chosen, or nobody graduates.
        ConflictError: the preview has changed since.
    """
    if not reason.strip():
        raise InvalidError("say on whose word they graduate, e.g. the school's letter")
    SchoolRepository(uow, tenant_id).get(school_id, lock=True)
    found = preview(
        uow,
        tenant_id=tenant_id,
        school_id=school_id,
        class_name=class_name,
        graduates_by=graduates_by,
    )
    if not found:
        raise InvalidError("nobody there has a card that could be given up")
    if len(found) != count:
        raise ConflictError(f"{len(found)} cards now, {count} when you looked: look again")
    graduation = Graduation(
        graduation_id=new_id(),
        tenant_id=tenant_id,
        school_id=school_id,
        class_name=class_name or None,
        graduates_by=graduates_by,
        cards=len(found),
        balance_fen=sum(one.balance_fen for one in found),
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    rows = [_row(graduation, one) for one in found]
    GraduationRepository(uow, tenant_id).add(graduation, rows)
    _record(uow, graduation, actor, "graduation.propose", graduation.reason)
    return graduation


def approve(uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID, staff: Staff) -> Graduation:
    """Let the cards be given up; done a second time, it is done already.

    Raises:
        NotFoundError: the tenant has no such graduation.
        DeniedError: an agent, or who proposed it.
        ConflictError: it was withdrawn.
    """
    graduation = GraduationRepository(uow, tenant_id).get(graduation_id, lock=True)
    if graduation.approved_at is not None:
        return graduation
    if graduation.withdrawn_at is not None:
        raise ConflictError("this graduation was withdrawn: propose it again")
    if not may_approve(graduation, staff):
        raise DeniedError("a supervisor or finance approves, and nobody what he proposed himself")
    graduation.approver_id, graduation.approved_by = staff.staff_id, staff.login
    graduation.approved_at = clock.now()
    uow.emit(GraduationApproved(tenant_id=tenant_id, graduation_id=graduation_id))
    _record(uow, graduation, staff.login, "graduation.approve", graduation.reason)
    return graduation


def may_approve(graduation: Graduation, staff: Staff) -> bool:
    """Whether `staff` may approve a graduation: nobody approves what he proposed himself."""
    return staff.role in _MAY_APPROVE and staff.login != graduation.proposed_by


def withdraw(uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID, actor: str) -> Graduation:
    """Drop a proposal that nobody has approved.

    Raises:
        NotFoundError: the tenant has no such graduation.
        ConflictError: it is approved.
    """
    graduation = GraduationRepository(uow, tenant_id).get(graduation_id, lock=True)
    if graduation.approved_at is not None:
        raise ConflictError("it is approved: the refunds are under way")
    if graduation.withdrawn_at is None:
        graduation.withdrawn_by, graduation.withdrawn_at = actor, clock.now()
        _record(uow, graduation, actor, "graduation.withdraw", "")
    return graduation


def get(uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID) -> Graduation:
    """One graduation; `NotFoundError` where the tenant has none such."""
    return GraduationRepository(uow, tenant_id).get(graduation_id)


def listed(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> Sequence[Graduation]:
    """A school's graduations, newest first."""
    return GraduationRepository(uow, tenant_id).listed(school_id)


def cards_of(
    uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID
) -> Sequence[tuple[GraduationCard, Student]]:
    """The cards of a graduation with who carries them, by class and number."""
    return GraduationRepository(uow, tenant_id).cards(graduation_id)


def _candidate(
    student: Student, card: cards.Card, balance_fen: int, is_disputed: bool
) -> Candidate:
    return Candidate(
        student.student_id,
        student.student_no,
        student.name,
        student.class_name,
        card.card_no,
        balance_fen,
        card.customer_id is not None,
        is_disputed,
    )


def _row(graduation: Graduation, one: Candidate) -> GraduationCard:
    return GraduationCard(
        graduation_id=graduation.graduation_id,
        card_no=one.card_no,
        tenant_id=graduation.tenant_id,
        student_id=one.student_id,
        balance_fen=one.balance_fen,
        is_disputed=one.is_disputed,
        step=CardStep.WAITING,
        reminders=0,
    )


def _record(uow: UnitOfWork, graduation: Graduation, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=graduation.tenant_id,
        actor=actor,
        action=action,
        subject=f"graduation:{graduation.graduation_id}",
        reason=reason,
    )
