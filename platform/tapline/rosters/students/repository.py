from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update

from tapline.errors import NotFoundError
from tapline.rosters.students.model import RosterDraft, Student
from tapline.uow import UnitOfWork


class StudentRepository:
    """The students of one tenant's schools."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_all(self, students: Sequence[Student]) -> None:
        self._session.add_all(students)
        self._session.flush()

    def of_school(self, school_id: UUID) -> Sequence[Student]:
        return self._session.scalars(
            select(Student).where(
                Student.tenant_id == self._tenant_id, Student.school_id == school_id
            )
        ).all()

    def get(self, student_id: UUID) -> Student:
        student = self._session.get(Student, student_id)
        if student is None or student.tenant_id != self._tenant_id:
            raise NotFoundError(f"no student {student_id}")
        return student

    def carried_elsewhere(self, school_id: UUID, card_nos: Collection[str]) -> dict[str, str]:
        """card -> student number, of other schools' students who carry one of these."""
        rows = self._session.execute(
            select(Student.card_no, Student.student_no).where(
                Student.tenant_id == self._tenant_id,
                Student.school_id != school_id,
                Student.card_no.in_(card_nos),
            )
        )
        return {card_no: student_no for card_no, student_no in rows if card_no is not None}

    def carrying(self, card_no: str) -> Student | None:
        """Who carries a card, locked."""
        return self._session.scalar(
            select(Student)
            .where(Student.tenant_id == self._tenant_id, Student.card_no == card_no)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def free_cards(self, student_ids: Collection[UUID]) -> None:
        """Take the cards from these students, so that they can be dealt anew."""
        self._session.execute(
            update(Student)
            .where(Student.tenant_id == self._tenant_id, Student.student_id.in_(student_ids))
            .values(card_no=None)
        )

    def search(self, school_id: UUID, words: str, limit: int) -> Sequence[Student]:
        found = select(Student).where(
            Student.tenant_id == self._tenant_id, Student.school_id == school_id
        )
        if words:
            found = found.where(
                or_(
                    Student.student_no.startswith(words, autoescape=True),
                    Student.name.contains(words, autoescape=True),
                    Student.class_name.startswith(words, autoescape=True),
                    Student.card_no.endswith(words, autoescape=True),
                    Student.phone.endswith(words, autoescape=True),
                )
            )
        return self._session.scalars(
            found.order_by(Student.class_name, Student.student_no).limit(limit)
        ).all()

    def classes(self, school_id: UUID) -> Sequence[tuple[str, int]]:
        rows = self._session.execute(
            select(Student.class_name, func.count())
            .where(Student.tenant_id == self._tenant_id, Student.school_id == school_id)
            .group_by(Student.class_name)
            .order_by(Student.class_name)
        )
        return rows.all()


class DraftRepository:
    """Lists that were sent for one tenant's schools."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, draft: RosterDraft) -> None:
        self._session.add(draft)
        self._session.flush()

    def get(self, draft_id: UUID, *, lock: bool = False) -> RosterDraft:
        draft = self._session.get(
            RosterDraft, draft_id, with_for_update=lock or None, populate_existing=lock
        )
        if draft is None or draft.tenant_id != self._tenant_id:
            raise NotFoundError(f"no list {draft_id}")
        return draft

    def forget(self, before: datetime) -> None:
        self._session.execute(
            update(RosterDraft)
            .where(
                RosterDraft.tenant_id == self._tenant_id,
                RosterDraft.uploaded_at < before,
                RosterDraft.rows.is_not(None),
            )
            .values(rows=None)
        )
