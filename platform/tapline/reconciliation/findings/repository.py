from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.model import Finding
from tapline.reconciliation.rules import FindingKey
from tapline.uow import UnitOfWork


class FindingRepository:
    """Findings of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, rows: Sequence[dict[str, Any]]) -> list[FindingKey]:
        """Add those findings that are not there yet, however many; their names."""
        added = self._session.execute(
            insert(Finding)
            .on_conflict_do_nothing()
            .returning(Finding.code, Finding.device_id, Finding.seq),
            rows,
        )
        return [FindingKey(code, FactKey(device_id, seq)) for code, device_id, seq in added]

    def get(self, finding_id: UUID) -> Finding:
        finding = self._session.get(Finding, finding_id)
        if finding is None or finding.tenant_id != self._tenant_id:
            raise NotFoundError(f"no finding {finding_id}")
        return finding

    def of_fact(self, key: FactKey, codes: Collection[str] | None = None) -> Sequence[Finding]:
        """What holds of a fact now, by code."""
        findings = select(Finding).where(
            Finding.tenant_id == self._tenant_id,
            Finding.device_id == key.device_id,
            Finding.seq == key.seq,
            Finding.retracted_at.is_(None),
        )
        if codes is not None:
            findings = findings.where(Finding.code.in_(codes))
        return self._session.scalars(
            findings.order_by(Finding.code).execution_options(populate_existing=True)
        ).all()

    def listed(
        self,
        *,
        codes: Collection[str] | None,
        device_ids: Collection[str] | None,
        card_no: str | None,
        limit: int,
    ) -> Sequence[Finding]:
        """What holds now, newest first."""
        findings = select(Finding).where(
            Finding.tenant_id == self._tenant_id, Finding.retracted_at.is_(None)
        )
        if codes is not None:
            findings = findings.where(Finding.code.in_(codes))
        if device_ids is not None:
            findings = findings.where(Finding.device_id.in_(device_ids))
        if card_no is not None:
            findings = findings.where(Finding.card_no == card_no)
        newest = (Finding.detected_at.desc(), Finding.finding_id.desc())
        return self._session.scalars(findings.order_by(*newest).limit(limit)).all()

    @staticmethod
    def export(uow: UnitOfWork) -> Iterator[Finding]:
        """What holds now, of every tenant, streamed."""
        return iter(
            uow.session.scalars(
                select(Finding)
                .where(Finding.retracted_at.is_(None))
                .order_by(Finding.device_id, Finding.seq, Finding.code)
                .execution_options(yield_per=1000)
            )
        )
