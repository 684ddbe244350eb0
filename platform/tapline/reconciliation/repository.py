from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from tapline.cards.blocklist.model import CardBlock
from tapline.cards.facts import Bearing, Charge, Fact, FactFlaw
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Place
from tapline.reconciliation.model import CardRecheck, CorrectionTarget, Finding, RestoreTarget
from tapline.reconciliation.rules import JUDGED
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
    Fact.received_at,
    Fact.card_kind,
    Fact.tariff,
    Fact.load_id,
    Fact.proof,
    Fact.assurance,
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

    def versions(self, card_nos: Collection[str], flaw: FactFlaw | None = None) -> list[Version]:
        """Every version that names one of these cards: those that can stand, or those with a
        `flaw`."""
        rows = self._session.execute(
            select(*_VERSION).where(
                Fact.tenant_id == self._tenant_id,
                Fact.card_no.in_(card_nos),
                Fact.flaw.is_(None) if flaw is None else Fact.flaw == flaw,
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
                Charge.issuer_id,
            )
            .where(text(_SUBJECTS))
            .params(cards=list(card_nos), tenant=self._tenant_id)
        )
        return {
            FactKey(device_id, seq): (stands, Bearing(payer, card_no, amount_fen, reason, issuer))
            for device_id, seq, stands, payer, card_no, amount_fen, reason, issuer in rows
        }

    def named(self, keys: Collection[FactKey]) -> dict[FactKey, list[Fact]]:
        """All versions of these facts that could be read, each fact's in order of their hash."""
        facts = self._session.scalars(
            select(Fact)
            .where(
                _among(Fact, keys),
                Fact.tenant_id == self._tenant_id,
                Fact.flaw.is_distinct_from(FactFlaw.UNREADABLE),
            )
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
        """What was judged of these cards and of the facts that name them, retracted or not.

        Versions never go away, so a finding names a card that its fact ties to the others.
        """
        findings = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.code.in_(JUDGED),
                Finding.card_no.in_(card_nos),
            )
            .execution_options(populate_existing=True)
        )
        return {FindingKey(row.code, row.subject): row for row in findings}

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

    def restores(self, card_nos: Collection[str]) -> dict[Place, RestoreTarget]:
        """What the purses of these cards lack, or once seemed to."""
        targets = self._session.scalars(
            select(RestoreTarget)
            .where(RestoreTarget.tenant_id == self._tenant_id, RestoreTarget.card_no.in_(card_nos))
            .execution_options(populate_existing=True)
        )
        return {Place(target.card_no, target.atc): target for target in targets}

    def restore(self, place: Place) -> RestoreTarget | None:
        key = (self._tenant_id, *place)
        return self._session.get(RestoreTarget, key, populate_existing=True)

    def add(self, target: CorrectionTarget | RestoreTarget) -> None:
        self._session.add(target)

    def blocked(self, card_nos: Collection[str], reasons: Collection[str]) -> dict[str, set[str]]:
        """For which of these reasons the cards are blocked now."""
        rows = self._session.execute(
            select(CardBlock.card_no, CardBlock.reason).where(
                CardBlock.tenant_id == self._tenant_id,
                CardBlock.card_no.in_(card_nos),
                CardBlock.reason.in_(reasons),
                CardBlock.until.is_(None),
            )
        )
        found: dict[str, set[str]] = defaultdict(set)
        for card_no, reason in rows:
            found[card_no].add(reason)
        return found


class RecheckRepository:
    """Which cards of one tenant are to be judged again by the clock."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def due(self, at: datetime, limit: int) -> Sequence[str]:
        """Those whose time has come, longest ago first."""
        return self._session.scalars(
            select(CardRecheck.card_no)
            .where(CardRecheck.tenant_id == self._tenant_id, CardRecheck.due_at <= at)
            .order_by(CardRecheck.due_at, CardRecheck.card_no)
            .limit(limit)
        ).all()

    def replace(self, card_nos: Collection[str], again_at: Mapping[str, datetime]) -> None:
        """Of these cards, only those in `again_at` are looked at again, and then."""
        self._session.execute(
            delete(CardRecheck).where(
                CardRecheck.tenant_id == self._tenant_id,
                CardRecheck.card_no.in_(set(card_nos) - again_at.keys()),
            )
        )
        if again_at:
            rows = insert(CardRecheck).values(
                [
                    {"tenant_id": self._tenant_id, "card_no": card_no, "due_at": due_at}
                    for card_no, due_at in sorted(again_at.items())
                ]
            )
            self._session.execute(
                rows.on_conflict_do_update(
                    index_elements=["tenant_id", "card_no"],
                    set_={"due_at": rows.excluded.due_at},
                )
            )


def _among(table: type[Fact] | type[Charge], keys: Collection[FactKey]) -> ColumnElement[bool]:
    return tuple_(table.device_id, table.seq).in_(sorted(keys))
