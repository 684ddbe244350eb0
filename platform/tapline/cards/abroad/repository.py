from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from tapline.cards.abroad.model import OVERTURNED, AbroadLine, AbroadStatement, LineState
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

    def counted(self, lines: Collection[AbroadLine]) -> set[str]:
        """The names of those pours of these lines that are accepted."""
        return {one.name for one in self._alike(lines, AbroadLine.state == LineState.ACCEPTED)}

    def times_overturned(self, lines: Collection[AbroadLine]) -> Counter[str]:
        """How often each pour of these lines was accepted and taken back, by its name."""
        overturned = self._alike(lines, AbroadLine.reason == OVERTURNED)
        return Counter(one.name for one in overturned)

    def _alike(
        self, lines: Collection[AbroadLine], which: ColumnElement[bool]
    ) -> Sequence[AbroadLine]:
        pour = tuple_(AbroadLine.issuer_id, AbroadLine.device, AbroadLine.seq)
        names = {(one.issuer_id, one.device, one.seq) for one in lines}
        return self._session.scalars(
            select(AbroadLine).where(
                AbroadLine.tenant_id == self._tenant_id, pour.in_(names), which
            )
        ).all()

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
