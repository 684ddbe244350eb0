from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline import bulk
from tapline.cards.issuers.answers.model import Answer, AnsweredLine
from tapline.uow import UnitOfWork


class AnswerRepository:
    """The answers to one tenant's settlements."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, answer: Answer) -> None:
        self._session.add(answer)
        self._session.flush()

    def add_lines(self, rows: Sequence[dict[str, object]]) -> None:
        if rows:
            statement, arrays = bulk.insert_rows(AnsweredLine.__table__, rows)  # type: ignore[arg-type]
            self._session.execute(statement, arrays)

    def of_content(self, settlement_id: UUID, sha256: bytes) -> Answer | None:
        return self._session.scalar(
            select(Answer).where(
                Answer.tenant_id == self._tenant_id,
                Answer.settlement_id == settlement_id,
                Answer.sha256 == sha256,
            )
        )

    def listed(self, settlement_id: UUID) -> Sequence[Answer]:
        return self._session.scalars(
            select(Answer)
            .where(Answer.tenant_id == self._tenant_id, Answer.settlement_id == settlement_id)
            .order_by(Answer.taken_at)
        ).all()

    def lines(self, settlement_id: UUID) -> dict[int, AnsweredLine]:
        lines = select(AnsweredLine).where(AnsweredLine.settlement_id == settlement_id)
        return {one.line: one for one in self._session.scalars(lines)}
