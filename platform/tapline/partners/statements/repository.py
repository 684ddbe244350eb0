from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from tapline.errors import NotFoundError
from tapline.partners.statements.model import (
    Answer,
    LineAnswer,
    PartnerStatement,
    StatementLine,
)
from tapline.partners.statements.rules import Due, Stated
from tapline.uow import UnitOfWork


class StatementRepository:
    """Statements of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, partner_id: UUID) -> None:
        """Wait until no other transaction issues a statement to this partner."""
        name = func.hashtextextended(f"statement:{partner_id}", 0)
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
        """What this partner's statements say of each subject, together."""
        rows = self._session.execute(
            select(StatementLine, _waived())
            .join(PartnerStatement, PartnerStatement.statement_id == StatementLine.statement_id)
            .where(
                StatementLine.tenant_id == self._tenant_id,
                PartnerStatement.partner_id == partner_id,
            )
            .order_by(StatementLine.subject, StatementLine.revision)
        )
        stated: dict[str, Stated] = {}
        for line, waived in rows:
            before = stated.get(line.subject)
            due = Due(
                kind=line.kind,
                subject=line.subject,
                amount_fen=line.amount_fen + (before.due.amount_fen if before else 0),
                account=line.account,
                site_id=line.site_id,
                facts=line.facts,
            )
            stated[line.subject] = Stated(
                due, line.revision, waived or bool(before and before.waived)
            )
        return stated


def _waived() -> ColumnElement[bool]:
    return (
        select(LineAnswer.position)
        .where(
            LineAnswer.statement_id == StatementLine.statement_id,
            LineAnswer.line == StatementLine.line,
            LineAnswer.answer == Answer.WAIVED,
        )
        .exists()
    )
