from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select

from tapline.cards import Card
from tapline.errors import NotFoundError
from tapline.reconciliation import Finding, Resolution
from tapline.rosters.graduations.model import CardStep, Graduation, GraduationCard
from tapline.rosters.students.model import Student
from tapline.uow import UnitOfWork


class GraduationRepository:
    """The graduations of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, graduation: Graduation, cards: Sequence[GraduationCard]) -> None:
        self._session.add(graduation)
        self._session.flush()
        self._session.add_all(cards)
        self._session.flush()

    def get(self, graduation_id: UUID, *, lock: bool = False) -> Graduation:
        found = self._session.get(
            Graduation, graduation_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no graduation {graduation_id}")
        return found

    def listed(self, school_id: UUID) -> Sequence[Graduation]:
        return self._session.scalars(
            select(Graduation)
            .where(Graduation.tenant_id == self._tenant_id, Graduation.school_id == school_id)
            .order_by(Graduation.proposed_at.desc())
        ).all()

    def card(self, graduation_id: UUID, card_no: str, *, lock: bool = False) -> GraduationCard:
        found = self._session.get(
            GraduationCard,
            (graduation_id, card_no),
            with_for_update=lock or None,
            populate_existing=lock,
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no card {card_no} in graduation {graduation_id}")
        return found

    def cards(self, graduation_id: UUID) -> Sequence[tuple[GraduationCard, Student]]:
        return self._session.execute(
            select(GraduationCard, Student)
            .join(Student, Student.student_id == GraduationCard.student_id)
            .where(
                GraduationCard.tenant_id == self._tenant_id,
                GraduationCard.graduation_id == graduation_id,
            )
            .order_by(Student.class_name, Student.student_no)
        ).all()

    def due(self, limit: int) -> Sequence[tuple[UUID, str]]:
        """Cards of approved graduations that may be brought further."""
        has_holder = exists().where(
            Card.tenant_id == GraduationCard.tenant_id,
            Card.card_no == GraduationCard.card_no,
            Card.customer_id.is_not(None),
        )
        rows = self._session.execute(
            select(GraduationCard.graduation_id, GraduationCard.card_no)
            .join(Graduation, Graduation.graduation_id == GraduationCard.graduation_id)
            .where(
                GraduationCard.tenant_id == self._tenant_id,
                Graduation.approved_at.is_not(None),
                or_(
                    GraduationCard.step.in_([CardStep.WAITING, CardStep.ASKED]),
                    and_(GraduationCard.step == CardStep.NO_HOLDER, has_holder),
                ),
            )
            .order_by(GraduationCard.step.desc(), Graduation.approved_at, GraduationCard.card_no)
            .limit(limit)
        )
        return rows.all()

    def unpaid(self, school_id: UUID | None) -> Sequence[tuple[GraduationCard, Student]]:
        """Cards of approved graduations with their students: whose money may not be paid yet."""
        found = (
            select(GraduationCard, Student)
            .join(Graduation, Graduation.graduation_id == GraduationCard.graduation_id)
            .join(Student, Student.student_id == GraduationCard.student_id)
            .where(
                GraduationCard.tenant_id == self._tenant_id,
                Graduation.approved_at.is_not(None),
                GraduationCard.step != CardStep.WAITING,
            )
        )
        if school_id is not None:
            found = found.where(Graduation.school_id == school_id)
        order = found.order_by(Student.class_name, Student.student_no)
        return self._session.execute(order).all()

    def candidates(
        self, school_id: UUID, class_name: str | None, graduates_by: date | None
    ) -> Sequence[Student]:
        """Students with a card who are in no graduation that stands."""
        in_one = (
            select(GraduationCard.card_no)
            .join(Graduation, Graduation.graduation_id == GraduationCard.graduation_id)
            .where(
                GraduationCard.tenant_id == self._tenant_id,
                GraduationCard.student_id == Student.student_id,
                GraduationCard.card_no == Student.card_no,
                Graduation.withdrawn_at.is_(None),
            )
        )
        found = select(Student).where(
            Student.tenant_id == self._tenant_id,
            Student.school_id == school_id,
            Student.card_no.is_not(None),
            ~in_one.exists(),
        )
        if class_name is not None:
            found = found.where(Student.class_name == class_name)
        if graduates_by is not None:
            found = found.where(Student.graduates_on <= graduates_by)
        return self._session.scalars(found.order_by(Student.class_name, Student.student_no)).all()

    def disputed(self, card_nos: Collection[str]) -> set[str]:
        """Cards with a finding that waits for a person."""
        return {
            card_no
            for card_no in self._session.scalars(
                select(Finding.card_no)
                .where(
                    Finding.tenant_id == self._tenant_id,
                    Finding.card_no.in_(card_nos),
                    Finding.resolution == Resolution.TICKET,
                    Finding.retracted_at.is_(None),
                )
                .distinct()
            )
            if card_no is not None
        }

    def steps(self, graduation_id: UUID) -> dict[CardStep, int]:
        """How many cards stand where."""
        rows = self._session.execute(
            select(GraduationCard.step, func.count())
            .where(
                GraduationCard.tenant_id == self._tenant_id,
                GraduationCard.graduation_id == graduation_id,
            )
            .group_by(GraduationCard.step)
        )
        return dict(rows.all())
