from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ScalarSelect, func, or_, select

from tapline.errors import NotFoundError
from tapline.partners.statements.model import (
    Answer,
    LineAnswer,
    LineKind,
    PartnerStatement,
    StatementLine,
)
from tapline.partners.statements.rules import Due, Stated, Waiver
from tapline.uow import UnitOfWork


class StatementRepository:
    """Statements of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction issues a statement: a visit may go from one partner's to
        another's, and its revisions are counted over both."""
        name = func.hashtextextended(f"statements:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, row: PartnerStatement | StatementLine | LineAnswer) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, statement_id: UUID, *, lock: bool = False) -> PartnerStatement:
        wanted = select(PartnerStatement).where(
            PartnerStatement.tenant_id == self._tenant_id,
            PartnerStatement.statement_id == statement_id,
        )
        if lock:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalar(wanted)
        if found is None:
            raise NotFoundError(f"no statement {statement_id}")
        return found

    def listed(self, partner_id: UUID | None = None) -> Sequence[PartnerStatement]:
        """Newest month first; of one partner where given."""
        statements = select(PartnerStatement).where(PartnerStatement.tenant_id == self._tenant_id)
        if partner_id is not None:
            statements = statements.where(PartnerStatement.partner_id == partner_id)
        newest = (PartnerStatement.month.desc(), PartnerStatement.issued_at.desc())
        return self._session.scalars(statements.order_by(*newest)).all()

    def last_month(self, partner_id: UUID) -> date | None:
        return self._session.scalar(
            select(func.max(PartnerStatement.month)).where(
                PartnerStatement.tenant_id == self._tenant_id,
                PartnerStatement.partner_id == partner_id,
            )
        )

    def lines(self, statement_id: UUID) -> Sequence[StatementLine]:
        return self._session.scalars(
            select(StatementLine)
            .where(
                StatementLine.tenant_id == self._tenant_id,
                StatementLine.statement_id == statement_id,
            )
            .order_by(StatementLine.line)
        ).all()

    def answers(self, statement_id: UUID) -> Sequence[LineAnswer]:
        """Oldest first."""
        return self._session.scalars(
            select(LineAnswer)
            .where(LineAnswer.statement_id == statement_id)
            .order_by(LineAnswer.position)
        ).all()

    def stated(self, partner_id: UUID) -> dict[str, Stated]:
        """What this partner's statements say of each subject, together. A visit that was stated to
        another is among them with nothing: it has its revisions."""
        rows = self._session.execute(
            select(StatementLine, PartnerStatement.partner_id, _last_word())
            .join(PartnerStatement, PartnerStatement.statement_id == StatementLine.statement_id)
            .where(
                StatementLine.tenant_id == self._tenant_id,
                or_(
                    PartnerStatement.partner_id == partner_id, StatementLine.kind == LineKind.VISIT
                ),
            )
            .order_by(StatementLine.subject, StatementLine.revision)
        )
        stated: dict[str, Stated] = {}
        for line, whose, last_word in rows:
            before = stated.get(line.subject)
            before_fen, waived = (before.due.amount_fen, before.waived) if before else (0, ())
            own_fen = line.amount_fen if whose == partner_id else 0
            if own_fen and last_word is Answer.WAIVED:
                waived = (*waived, Waiver(before_fen, own_fen))
            due = Due(
                kind=line.kind,
                subject=line.subject,
                amount_fen=before_fen + own_fen,
                account=line.account,
                site_id=line.site_id,
                facts=line.facts,
            )
            stated[line.subject] = Stated(due, line.revision, waived)
        return stated


def _last_word() -> ScalarSelect[Answer]:
    """What counts of all that was said of a line."""
    return (
        select(LineAnswer.answer)
        .where(
            LineAnswer.statement_id == StatementLine.statement_id,
            LineAnswer.line == StatementLine.line,
        )
        .order_by(LineAnswer.position.desc())
        .limit(1)
        .scalar_subquery()
    )
