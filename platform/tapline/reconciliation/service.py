from collections.abc import Collection, Mapping

from tapline import clock, policy
from tapline.cards import facts
from tapline.cards import known as issued
from tapline.events import CorrectionDue, FindingRaised
from tapline.ids import new_id
from tapline.reconciliation import evidence
from tapline.reconciliation.chain import Chains, FactKey
from tapline.reconciliation.model import CorrectionTarget, Finding, Resolution
from tapline.reconciliation.repository import FactsRepository, OutcomeRepository
from tapline.reconciliation.rules import (
    REVERSIBLE,
    FindingKey,
    Found,
    Judgement,
    Owed,
    judge,
)
from tapline.uow import UnitOfWork


def reconcile_cards(uow: UnitOfWork, *, tenant_id: str, cards: Collection[str]) -> None:
    """Judge everything known of these cards, and make ledger, findings and targets follow.

    Any order and number of calls ends the same: the judgement is a function of the set of facts
    stored, and only differences are written. Reads the whole chains of these cards and of those
    that contradicting versions tie to them. One transaction a tenant does this at a time.
    """
    stored = FactsRepository(uow, tenant_id)
    stored.be_alone()
    tied = stored.tied(cards)
    known = issued(uow, tenant_id=tenant_id, card_nos=tied)
    opened_fen = {card_no: int(card.opened_fen) for card_no, card in known.items()}
    in_force = policy.current(uow, tenant_id=tenant_id)
    judgement = judge(stored.versions(tied), opened_fen, in_force)
    _restate(uow, tenant_id, judgement, stored.held(tied))
    outcome = _Outcome(uow, tenant_id, judgement, opened_fen)
    due = outcome.follow_findings(tied) | outcome.follow_targets(tied)
    for key in sorted(due):
        uow.emit(CorrectionDue(tenant_id=tenant_id, device_id=key.device_id, seq=key.seq))


def target_of(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int
) -> CorrectionTarget | None:
    """What a fact owes its card now; None where it never owed anything."""
    return OutcomeRepository(uow, tenant_id).target(FactKey(device_id, seq))


def _restate(
    uow: UnitOfWork,
    tenant_id: str,
    judgement: Judgement,
    held: Mapping[FactKey, tuple[bytes | None, facts.Bearing]],
) -> None:
    """Have facts charged as judged, where the ledger holds something else for them."""
    restatements = []
    for key, bearing in judgement.bearings.items():
        stands = judgement.standing.get(key)
        standing_hash = stands.content_hash if stands else None
        if held[key] != (standing_hash, bearing):
            restatements.append(
                facts.Restatement(
                    device_id=key.device_id,
                    seq=key.seq,
                    standing_hash=standing_hash,
                    bearing=bearing,
                )
            )
    restatements.sort(key=lambda one: (one.device_id, one.seq))
    if restatements:
        facts.restate(uow, tenant_id=tenant_id, restatements=restatements)


class _Outcome:
    """Makes the stored findings and targets follow a judgement."""

    def __init__(
        self,
        uow: UnitOfWork,
        tenant_id: str,
        judgement: Judgement,
        opened_fen: Mapping[str, int],
    ) -> None:
        self._uow = uow
        self._tenant_id = tenant_id
        self._judgement = judgement
        self._opened_fen = opened_fen
        self._rows = OutcomeRepository(uow, tenant_id)

    def follow_findings(self, card_nos: Collection[str]) -> set[FactKey]:
        """Raise, change and retract findings; the facts whose money may be concerned."""
        rows = self._rows.judged(card_nos)
        wanted = self._judgement.findings
        changed = sorted(k for k, one in wanted.items() if k not in rows or _differs(rows[k], one))
        new = {key: _blank(self._tenant_id, key) for key in changed if key not in rows}
        rows |= new
        for key in changed:
            _change(rows[key], wanted[key])
        self._attach_evidence([rows[key] for key in changed])
        for row in new.values():
            self._rows.add(row)
        gone = sorted(k for k, row in rows.items() if k not in wanted and row.retracted_at is None)
        for key in gone:
            _retract(rows[key])
        for key in (*changed, *gone):
            self._uow.emit(
                FindingRaised(
                    tenant_id=self._tenant_id,
                    finding_id=rows[key].finding_id,
                    code=key.code,
                    device_id=key.fact.device_id,
                )
            )
        return {key.fact for key in (*changed, *gone) if key.code in REVERSIBLE}

    def follow_targets(self, card_nos: Collection[str]) -> set[FactKey]:
        """Write what facts owe now; those for which it changed."""
        rows = self._rows.targets(card_nos)
        changed: set[FactKey] = set()
        for key in rows.keys() | self._judgement.owed.keys():
            row = rows.get(key)
            owed = self._judgement.owed.get(key)
            if row is None:
                row = CorrectionTarget(
                    device_id=key.device_id, seq=key.seq, tenant_id=self._tenant_id
                )
            else:
                owed = owed or Owed(row.card_no, 0, row.code)
                if owed == (row.card_no, row.target_fen, row.code):
                    continue
            assert owed is not None
            row.card_no, row.target_fen, row.code = owed
            # The device's signature is what we have; card proofs are not verified yet.
            row.assurance = "B"
            row.updated_at = clock.now()
            self._rows.add(row)
            changed.add(key)
        return changed

    def _attach_evidence(self, findings: list[Finding]) -> None:
        if not findings:
            return
        evidence.attach(
            self._uow,
            tenant_id=self._tenant_id,
            findings=findings,
            chains=Chains(self._opened_fen, self._judgement.standing.values()),
        )


def _differs(row: Finding, found: Found) -> bool:
    return row.retracted_at is not None or (row.card_no, row.amount_fen, row.facts) != (
        found.card_no,
        found.amount_fen,
        found.facts,
    )


def _blank(tenant_id: str, key: FindingKey) -> Finding:
    return Finding(
        finding_id=new_id(),
        tenant_id=tenant_id,
        code=key.code,
        device_id=key.fact.device_id,
        seq=key.fact.seq,
        detected_at=clock.now(),
    )


def _change(row: Finding, found: Found) -> None:
    row.card_no, row.amount_fen, row.facts = found.card_no, found.amount_fen, found.facts
    # What was given back before says nothing of the new amount: `refunds` is asked again.
    row.resolution = Resolution.TICKET if found.needs_person else Resolution.NONE
    row.retracted_at = None
    row.updated_at = clock.now()


def _retract(row: Finding) -> None:
    row.retracted_at = row.updated_at = clock.now()
    row.resolution = Resolution.NONE
