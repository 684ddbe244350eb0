from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select, text, tuple_

from tapline.cards.facts import Bearing, Charge, Fact
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.model import CorrectionTarget, Finding
from tapline.reconciliation.rules import JUDGED, FindingKey
from tapline.uow import UnitOfWork

_TIED = text(
    """
    with recursive tied(card_no) as (
        select unnest(cast(:cards as text[]))
        union
        select rival.card_no
        from tied
        join fact own on own.tenant_id = :tenant and own.card_no = tied.card_no
            and own.flaw is null
        join fact rival on rival.device_id = own.device_id and rival.seq = own.seq
            and rival.content_hash <> own.content_hash and rival.flaw is null
        where rival.card_no is not null
    )
    select card_no from tied order by card_no
    """
)
_SUBJECTS = """
    (device_id, seq) in (
        select f.device_id, f.seq from fact f
        where f.tenant_id = :tenant and f.card_no = any(cast(:cards as text[]))
    )
"""
# In the order of the fields of `Version`: whole chains are read, so each row costs.
_VERSION = (
    Fact.device_id,
    Fact.seq,
    Fact.content_hash,
    Fact.op,
    Fact.card_no,
    Fact.atc,
    Fact.bal_before_fen,
    Fact.amt_fen,
    Fact.bal_after_fen,
    Fact.ml,
    Fact.ml_req,
    Fact.pulses,
    Fact.nozzle,
    Fact.status,
    Fact.moment,
)


class FactsRepository:
    """The facts of one tenant, as reconciliation reads them."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction reconciles this tenant, and keep others waiting."""
        name = func.hashtextextended(f"reconcile:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def tied(self, card_nos: Collection[str]) -> list[str]:
        """These cards, and all that contradicting versions of a fact tie to them."""
        given = {"cards": sorted(card_nos), "tenant": self._tenant_id}
        return list(self._session.scalars(_TIED, given))

    def versions(self, card_nos: Collection[str]) -> list[Version]:
        """Every readable version that names one of these cards."""
        rows = self._session.execute(
            select(*_VERSION).where(
                Fact.tenant_id == self._tenant_id,
                Fact.card_no.in_(card_nos),
                Fact.flaw.is_(None),
            )
        )
        return [Version(FactKey(device_id, seq), *rest) for device_id, seq, *rest in rows]

    def held(self, card_nos: Collection[str]) -> dict[FactKey, tuple[bytes | None, Bearing]]:
        """What the ledger holds for every fact that names one of these cards, and what stands."""
        rows = self._session.execute(
            select(
                Charge.device_id,
                Charge.seq,
                Charge.standing_hash,
                Charge.payer,
                Charge.card_no,
                Charge.amount_fen,
                Charge.reason,
            )
            .where(text(_SUBJECTS))
            .params(cards=list(card_nos), tenant=self._tenant_id)
        )
        return {
            FactKey(device_id, seq): (stands, Bearing(payer, card_no, amount_fen, reason))
            for device_id, seq, stands, payer, card_no, amount_fen, reason in rows
        }

    def named(self, keys: Collection[FactKey]) -> dict[FactKey, list[Fact]]:
        """All readable versions of these facts, each fact's in order of their hash."""
        facts = self._session.scalars(
            select(Fact)
            .where(_among(Fact, keys), Fact.tenant_id == self._tenant_id, Fact.flaw.is_(None))
            .order_by(Fact.device_id, Fact.seq, Fact.content_hash)
        )
        found: dict[FactKey, list[Fact]] = {}
        for fact in facts:
            found.setdefault(FactKey(fact.device_id, fact.seq), []).append(fact)
        return found

    def charges_named(self, keys: Collection[FactKey]) -> dict[FactKey, Charge]:
        """What the ledger holds for these facts."""
        charges = self._session.scalars(
            select(Charge).where(_among(Charge, keys), Charge.tenant_id == self._tenant_id)
        )
        return {FactKey(charge.device_id, charge.seq): charge for charge in charges}


class OutcomeRepository:
    """What was concluded about one tenant's facts: findings, and what is owed."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def judged(self, card_nos: Collection[str]) -> dict[FindingKey, Finding]:
        """What was found about the facts that name these cards, retracted or not."""
        findings = self._session.scalars(
            select(Finding)
            .where(text(_SUBJECTS), Finding.code.in_(JUDGED))
            .params(cards=list(card_nos), tenant=self._tenant_id)
            .execution_options(populate_existing=True)
        )
        return {FindingKey(row.code, FactKey(row.device_id, row.seq)): row for row in findings}

    def targets(self, card_nos: Collection[str]) -> dict[FactKey, CorrectionTarget]:
        """What the facts that name these cards owe."""
        targets = self._session.scalars(
            select(CorrectionTarget)
            .where(text(_SUBJECTS))
            .params(cards=list(card_nos), tenant=self._tenant_id)
            .execution_options(populate_existing=True)
        )
        return {FactKey(target.device_id, target.seq): target for target in targets}

    def target(self, key: FactKey) -> CorrectionTarget | None:
        target = self._session.get(CorrectionTarget, key, populate_existing=True)
        return target if target is not None and target.tenant_id == self._tenant_id else None

    def add(self, row: Finding | CorrectionTarget) -> None:
        self._session.add(row)


def _among(table: type[Fact] | type[Charge], keys: Collection[FactKey]) -> ColumnElement[bool]:
    return tuple_(table.device_id, table.seq).in_(sorted(keys))
