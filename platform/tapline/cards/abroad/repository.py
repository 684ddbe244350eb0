from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from tapline.cards.abroad.model import (
    OVERTURNED,
    AbroadCorrection,
    AbroadLine,
    AbroadStatement,
    LineState,
)
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class PourName(NamedTuple):
    """A pour at another operator's machine: the operator, its machine, its number there."""

    issuer_id: str
    device: str
    seq: int


class AbroadRepository:
    """What other operators claim of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(
        self,
        statement: AbroadStatement,
        lines: Sequence[AbroadLine],
        corrections: Sequence[AbroadCorrection] = (),
    ) -> None:
        self._session.add(statement)
        self._session.flush()
        self._session.add_all([*lines, *corrections])
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

    def corrections(self, statement_id: UUID) -> Sequence[AbroadCorrection]:
        """As they stand in the file."""
        return self._session.scalars(
            select(AbroadCorrection)
            .where(
                AbroadCorrection.tenant_id == self._tenant_id,
                AbroadCorrection.statement_id == statement_id,
            )
            .order_by(AbroadCorrection.line)
        ).all()

    def lines_of(self, names: Collection[PourName]) -> Sequence[AbroadLine]:
        """All that was ever claimed for these pours, whatever became of it."""
        return self._session.scalars(
            select(AbroadLine)
            .where(
                AbroadLine.tenant_id == self._tenant_id,
                tuple_(AbroadLine.issuer_id, AbroadLine.device, AbroadLine.seq).in_(names),
            )
            .order_by(AbroadLine.statement_id, AbroadLine.line)
        ).all()

    def mended(self, names: Collection[PourName]) -> Sequence[AbroadCorrection]:
        """The corrections of these pours that count, in order."""
        return self._session.scalars(self._correcting(names, LineState.ACCEPTED)).all()

    def to_mend(self, names: Collection[PourName]) -> Sequence[AbroadCorrection]:
        """The corrections of these pours that wait for them, in order; locked."""
        waiting = self._correcting(names, LineState.WAITING).with_for_update()
        return self._session.scalars(waiting, execution_options={"populate_existing": True}).all()

    def longest_waiting(self, limit: int) -> set[PourName]:
        """Pours for which corrections wait, those first that nobody has looked at for longest."""
        rows = self._session.execute(
            select(AbroadCorrection.issuer_id, AbroadCorrection.device, AbroadCorrection.seq)
            .where(
                AbroadCorrection.tenant_id == self._tenant_id,
                AbroadCorrection.state == LineState.WAITING,
            )
            .order_by(AbroadCorrection.judged_at)
            .limit(limit)
        )
        return {PourName(*row) for row in rows}

    def _correcting(
        self, names: Collection[PourName], state: LineState
    ) -> Select[AbroadCorrection]:
        pour = tuple_(AbroadCorrection.issuer_id, AbroadCorrection.device, AbroadCorrection.seq)
        return (
            select(AbroadCorrection)
            .where(
                AbroadCorrection.tenant_id == self._tenant_id,
                AbroadCorrection.state == state,
                pour.in_(names),
            )
            .order_by(AbroadCorrection.revision, AbroadCorrection.statement_id)
        )

    def known(self, statement_ids: Collection[UUID]) -> dict[UUID, str]:
        """Whose those of these statements are that were taken: number -> operator."""
        rows = self._session.execute(
            select(AbroadStatement.statement_id, AbroadStatement.issuer_id).where(
                AbroadStatement.tenant_id == self._tenant_id,
                AbroadStatement.statement_id.in_(statement_ids),
            )
        )
        return dict(rows.all())

    def sums(self, statement_ids: Collection[UUID]) -> dict[UUID, dict[LineState, tuple[int, int]]]:
        """By statement and state: how many pours and corrections, and their fen."""
        found: dict[UUID, dict[LineState, tuple[int, int]]] = {}
        for table in (AbroadLine, AbroadCorrection):
            rows = self._session.execute(
                select(table.statement_id, table.state, func.count(), func.sum(table.amount_fen))
                .where(table.tenant_id == self._tenant_id, table.statement_id.in_(statement_ids))
                .group_by(table.statement_id, table.state)
            )
            for statement_id, state, count, fen in rows:
                so_far = found.setdefault(statement_id, {}).get(state, (0, 0))
                found[statement_id][state] = (so_far[0] + count, so_far[1] + int(fen))
        return found
