from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tapline import bulk
from tapline.cards.facts.model import Charge, Fact
from tapline.cards.issuers.settlements.model import LineKind, Settlement, SettlementLine
from tapline.cards.issuers.settlements.rules import FactName
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class SettlementRepository:
    """The settlements of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, settlement: Settlement, lines: Sequence[dict[str, Any]]) -> None:
        self._session.add(settlement)
        self._session.flush()
        statement, arrays = bulk.insert_rows(SettlementLine.__table__, lines)  # type: ignore[arg-type]
        self._session.execute(statement, arrays)

    def latest(self, issuer_id: str) -> Settlement | None:
        return self._session.scalars(
            select(Settlement)
            .where(Settlement.tenant_id == self._tenant_id, Settlement.issuer_id == issuer_id)
            .order_by(Settlement.number.desc())
            .limit(1)
        ).first()

    def listed(self, issuer_id: str) -> Sequence[Settlement]:
        return self._session.scalars(
            select(Settlement)
            .where(Settlement.tenant_id == self._tenant_id, Settlement.issuer_id == issuer_id)
            .order_by(Settlement.number)
        ).all()

    def get(self, settlement_id: UUID) -> Settlement:
        settlement = self._session.get(Settlement, settlement_id)
        if settlement is None or settlement.tenant_id != self._tenant_id:
            raise NotFoundError(f"no settlement {settlement_id}")
        return settlement

    def lines(self, settlement_id: UUID) -> Sequence[SettlementLine]:
        return self._session.scalars(
            select(SettlementLine)
            .where(SettlementLine.settlement_id == settlement_id)
            .order_by(SettlementLine.line)
        ).all()

    def line(self, settlement_id: UUID, line: int) -> SettlementLine:
        found = self._session.get(SettlementLine, (settlement_id, line))
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no line {line} in settlement {settlement_id}")
        return found

    def claimed_in(self, issuer_id: str, keys: Collection[str]) -> dict[str, UUID]:
        """The settlements that these keys were first claimed in."""
        lines = select(SettlementLine.key, SettlementLine.settlement_id).where(
            SettlementLine.tenant_id == self._tenant_id,
            SettlementLine.issuer_id == issuer_id,
            SettlementLine.key.in_(keys),
            SettlementLine.kind != LineKind.AGAIN,
        )
        return dict(self._session.execute(lines).all())

    def lines_of_card(self, card_no: str, limit: int) -> Sequence[SettlementLine]:
        return self._session.scalars(
            select(SettlementLine)
            .where(SettlementLine.tenant_id == self._tenant_id, SettlementLine.card_no == card_no)
            .order_by(SettlementLine.event_at.desc())
            .limit(limit)
        ).all()

    def history(
        self, issuer_id: str, names: Collection[FactName], through: int
    ) -> list[tuple[int, SettlementLine]]:
        """All lines of these facts up to settlement no. `through`, each with its number."""
        rows = self._session.execute(
            select(Settlement.number, SettlementLine)
            .join(Settlement, Settlement.settlement_id == SettlementLine.settlement_id)
            .where(
                SettlementLine.tenant_id == self._tenant_id,
                SettlementLine.issuer_id == issuer_id,
                SettlementLine.device_id.in_({name.device_id for name in names}),
                SettlementLine.seq.in_({name.seq for name in names}),
                Settlement.number <= through,
            )
            .order_by(Settlement.number, SettlementLine.line)
        )
        return [
            (number, line) for number, line in rows if FactName(line.device_id, line.seq) in names
        ]

    def records(self, lines: Collection[SettlementLine]) -> dict[FactName, Fact]:
        """The records that are the evidence of these lines, as the machines sent them."""
        wanted = {(line.device_id, line.seq): line.evidence for line in lines}
        rows = self._session.scalars(
            select(Fact).where(
                Fact.tenant_id == self._tenant_id,
                Fact.device_id.in_({device_id for device_id, _ in wanted}),
                Fact.seq.in_({seq for _, seq in wanted}),
            )
        )
        return {
            FactName(one.device_id, one.seq): one
            for one in rows
            if wanted.get((one.device_id, one.seq)) == one.content_hash
        }

    def evidence(self, names: Collection[FactName]) -> dict[FactName, tuple[str, bytes]]:
        """Card and content of these facts: of the version that stands, else the first by hash."""
        rows = self._session.execute(
            select(Fact.device_id, Fact.seq, Fact.card_no, Fact.content_hash)
            .join(Charge, (Charge.device_id == Fact.device_id) & (Charge.seq == Fact.seq))
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.device_id.in_({name.device_id for name in names}),
                Fact.seq.in_({name.seq for name in names}),
                Fact.flaw.is_(None),
                Fact.card_no.is_not(None),
            )
            .order_by(
                Fact.device_id,
                Fact.seq,
                (Fact.content_hash == Charge.standing_hash).desc().nulls_last(),
                Fact.content_hash,
            )
        )
        found: dict[FactName, tuple[str, bytes]] = {}
        for device_id, seq, card_no, content_hash in rows:
            found.setdefault(FactName(device_id, seq), (card_no or "", bytes(content_hash)))
        return found
