from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings.rules import FindingKey, fact_subject
from tapline.reconciliation.model import Finding, Resolution, Side
from tapline.uow import UnitOfWork


class FindingRepository:
    """Findings of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, key: FindingKey) -> None:
        """Wait until no other transaction notes or withdraws this finding, and keep others
        waiting: it may not be there yet to be locked."""
        name = func.hashtextextended(f"finding:{self._tenant_id}:{key.code}:{key.subject}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, finding: Finding) -> None:
        self._session.add(finding)

    def add_once(self, rows: Sequence[dict[str, Any]]) -> list[FindingKey]:
        """Add those findings that are not there yet, however many; their names."""
        added = self._session.execute(
            insert(Finding).on_conflict_do_nothing().returning(Finding.code, Finding.subject), rows
        )
        return [FindingKey(code, subject) for code, subject in added]

    def named(self, keys: Collection[FindingKey]) -> dict[FindingKey, Finding]:
        """Those of these findings that were ever noted, withdrawn or not."""
        findings = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                tuple_(Finding.code, Finding.subject).in_(sorted(keys)),
            )
            .execution_options(populate_existing=True)
        )
        return {FindingKey(row.code, row.subject): row for row in findings}

    def standing(self, code: str, subjects: Collection[str] | None) -> dict[str, Finding]:
        """What holds of a rule now, by subject."""
        findings = select(Finding).where(
            Finding.tenant_id == self._tenant_id,
            Finding.code == code,
            Finding.retracted_at.is_(None),
        )
        if subjects is not None:
            findings = findings.where(Finding.subject.in_(sorted(subjects)))
        rows = self._session.scalars(findings.execution_options(populate_existing=True))
        return {row.subject: row for row in rows}

    def get(self, finding_id: UUID) -> Finding:
        """As it is stored now, also where the transaction has read it before."""
        finding = self._session.scalar(
            select(Finding)
            .where(Finding.tenant_id == self._tenant_id, Finding.finding_id == finding_id)
            .execution_options(populate_existing=True)
        )
        if finding is None:
            raise NotFoundError(f"no finding {finding_id}")
        return finding

    def of_fact(self, key: FactKey, codes: Collection[str] | None = None) -> Sequence[Finding]:
        """What holds of a fact now, by code."""
        findings = select(Finding).where(
            Finding.tenant_id == self._tenant_id,
            Finding.device_id == key.device_id,
            Finding.seq == key.seq,
            Finding.subject == fact_subject(key),
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
        resolution: Resolution | None = None,
        side: Side | None = None,
        found_before: datetime | None = None,
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
        if resolution is not None:
            findings = findings.where(Finding.resolution == resolution)
        if side is not None:
            findings = findings.where(Finding.side == side)
        if found_before is not None:
            findings = findings.where(Finding.detected_at < found_before)
        newest = (Finding.detected_at.desc(), Finding.finding_id.desc())
        return self._session.scalars(findings.order_by(*newest).limit(limit)).all()

    def counts(self, since: datetime | None, until: datetime | None) -> dict[str, int]:
        """How many hold now, by rule; of those found within these moments where given."""
        counts = select(Finding.code, func.count()).where(
            Finding.tenant_id == self._tenant_id, Finding.retracted_at.is_(None)
        )
        if since is not None:
            counts = counts.where(Finding.detected_at >= since)
        if until is not None:
            counts = counts.where(Finding.detected_at < until)
        rows = self._session.execute(counts.group_by(Finding.code).order_by(Finding.code))
        return {row.code: row[1] for row in rows}

    @staticmethod
    def export(uow: UnitOfWork) -> Iterator[Finding]:
        """What holds now, of every tenant, streamed."""
        return iter(
            uow.session.scalars(
                select(Finding)
                .where(Finding.retracted_at.is_(None))
                .order_by(Finding.tenant_id, Finding.subject, Finding.code)
                .execution_options(yield_per=1000)
            )
        )
