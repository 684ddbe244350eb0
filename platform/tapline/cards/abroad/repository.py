from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_

from tapline.cards.abroad.model import AbroadLine, AbroadStatement, LineState
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class AbroadRepository:
    """What other operators claim of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, statement: AbroadStatement, lines: Sequence[AbroadLine]) -> None:
        self._session.add(statement)
        self._session.flush()
        self._session.add_all(lines)
        self._session.flush()

    def find(self, statement_id: UUID) -> AbroadStatement | None:
        return self._session.get(AbroadStatement, (self._tenant_id, statement_id))

    def get(self, statement_id: UUID) -> AbroadStatement:
        found = self.find(statement_id)
        if found is None:
            raise NotFoundError(f"no statement {statement_id}")
        return found

    def listed(self, issuer_id: str) -> Sequence[AbroadStatement]:
        """Newest first."""
        return self._session.scalars(
            select(AbroadStatement)
            .where(
                AbroadStatement.tenant_id == self._tenant_id,
                AbroadStatement.issuer_id == issuer_id,
            )
            .order_by(AbroadStatement.taken_at.desc(), AbroadStatement.statement_id.desc())
        ).all()

    def lines(self, statement_id: UUID) -> Sequence[AbroadLine]:
        """As they stand in the file."""
        return self._session.scalars(
            select(AbroadLine)
            .where(AbroadLine.tenant_id == self._tenant_id, AbroadLine.statement_id == statement_id)
            .order_by(AbroadLine.line)
        ).all()

    def counted(self, issuer_id: str, names: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of these pours, by machine and number, that were accepted before."""
        rows = self._session.execute(
            select(AbroadLine.device, AbroadLine.seq).where(
                AbroadLine.tenant_id == self._tenant_id,
                AbroadLine.issuer_id == issuer_id,
                AbroadLine.state == LineState.ACCEPTED,
                tuple_(AbroadLine.device, AbroadLine.seq).in_(names),
            )
        )
        return {(device, seq) for device, seq in rows}

    def waiting(self, limit: int) -> Sequence[AbroadLine]:
        """Lines that wait for their cards' next tap, the longest untried first; locked."""
        return self._session.scalars(
            select(AbroadLine)
            .where(AbroadLine.tenant_id == self._tenant_id, AbroadLine.state == LineState.WAITING)
            .order_by(AbroadLine.judged_at, AbroadLine.card_no, AbroadLine.atc)
            .limit(limit)
            .with_for_update()
        ).all()

    def accepted(self, card_nos: Collection[str]) -> Sequence[AbroadLine]:
        """The lines of these cards that count."""
        return self._session.scalars(
            select(AbroadLine)
            .where(
                AbroadLine.tenant_id == self._tenant_id,
                AbroadLine.card_no.in_(card_nos),
                AbroadLine.state == LineState.ACCEPTED,
            )
            .order_by(AbroadLine.card_no, AbroadLine.atc)
        ).all()

    def sums(self, statement_ids: Collection[UUID]) -> dict[UUID, dict[LineState, tuple[int, int]]]:
        """By statement and state: how many lines, and their fen."""
        rows = self._session.execute(
            select(
                AbroadLine.statement_id,
                AbroadLine.state,
                func.count(),
                func.sum(AbroadLine.amount_fen),
            )
            .where(
                AbroadLine.tenant_id == self._tenant_id,
                AbroadLine.statement_id.in_(statement_ids),
            )
            .group_by(AbroadLine.statement_id, AbroadLine.state)
        )
        found: dict[UUID, dict[LineState, tuple[int, int]]] = {}
        for statement_id, state, count, fen in rows:
            found.setdefault(statement_id, {})[state] = (count, int(fen))
        return found
