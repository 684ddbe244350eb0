"""Bringing the cards of a graduation further, one at a time: whoever is killed begins again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import cards, people
from tapline.people import Staff
from tapline.rosters.graduations.model import CardStep, Graduation, GraduationCard
from tapline.rosters.graduations.repository import GraduationRepository
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Work:
    """A locked card of an approved graduation, whose refund is to be asked for or decided."""

    graduation: Graduation
    row: GraduationCard
    customer_id: UUID
    approver: Staff

    @property
    def request_key(self) -> str:
        """Of the refund: asked for again, it is the same."""
        return f"graduation:{self.graduation.graduation_id}:{self.row.card_no}"


def due(uow: UnitOfWork, *, tenant_id: str, limit: int = 200) -> Sequence[tuple[UUID, str]]:
    """(graduation, card) of what may be brought further."""
    return GraduationRepository(uow, tenant_id).due(limit)


def work_on(uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID, card_no: str) -> Work | None:
    """Lock a card that is due; None where it is no longer, or nobody is known to hold it."""
    graduations = GraduationRepository(uow, tenant_id)
    row = graduations.card(graduation_id, card_no, lock=True)
    graduation = graduations.get(graduation_id)
    if graduation.approver_id is None or not row.step.goes_on:
        return None
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    if card.customer_id is None:
        row.step = CardStep.NO_HOLDER
        return None
    approver = people.staff_member(uow, tenant_id=tenant_id, staff_id=graduation.approver_id)
    return Work(graduation, row, card.customer_id, approver)


def note_asked(work: Work, *, refund_id: UUID) -> None:
    """The refund is asked for."""
    work.row.step, work.row.refund_id, work.row.obstacle = CardStep.ASKED, refund_id, None


def keep(work: Work) -> None:
    """It is decided."""
    work.row.step = CardStep.APPROVED


def leave(work: Work) -> None:
    """The desk decides about it."""
    work.row.step = CardStep.AT_DESK


def fail(work: Work, *, obstacle: str) -> None:
    """It cannot be given up as it is."""
    work.row.step, work.row.obstacle = CardStep.FAILED, obstacle[:300]
