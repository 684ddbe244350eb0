from collections.abc import Collection
from typing import cast

from tapline import clock
from tapline.cards import blocklist
from tapline.cards.blocklist import Reason
from tapline.devices import Assurance
from tapline.events import CorrectionDue, RestoreDue
from tapline.reconciliation.chain import Chains, FactKey
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.judgement import Declared, Judgement, Owed
from tapline.reconciliation.model import CorrectionTarget, RestoreTarget
from tapline.reconciliation.repository import OutcomeRepository, RecheckRepository
from tapline.reconciliation.rules import REVERSIBLE
from tapline.reconciliation.trails import CLONE, OVERLOAD
from tapline.uow import UnitOfWork

_OURS = (CLONE, OVERLOAD)


class Outcome:
    """Makes everything stored about some cards follow a judgement of them."""

    def __init__(
        self,
        uow: UnitOfWork,
        *,
        tenant_id: str,
        judgement: Judgement,
        declared: Declared,
        card_nos: Collection[str],
    ) -> None:
        self._uow = uow
        self._tenant_id = tenant_id
        self._judgement = judgement
        self._declared = declared
        self._card_nos = card_nos
        self._rows = OutcomeRepository(uow, tenant_id)

    def follow(self) -> None:
        """Findings, what facts and purses are owed, blocks, and when to look again."""
        due = self._follow_findings() | self._follow_targets()
        for key in sorted(due):
            self._uow.emit(
                CorrectionDue(tenant_id=self._tenant_id, device_id=key.device_id, seq=key.seq)
            )
        self._follow_restores()
        self._follow_blocks()
        RecheckRepository(self._uow, self._tenant_id).replace(
            self._card_nos, self._judgement.again_at
        )

    def _follow_findings(self) -> set[FactKey]:
        """Raise, change and retract findings; the facts whose money may be concerned."""
        changed = findings.follow(
            self._uow,
            tenant_id=self._tenant_id,
            stored=self._rows.judged(self._card_nos),
            wanted=self._judgement.findings,
            chains=Chains(self._declared.openings, self._judgement.standing.values()),
        )
        return {row.fact for row in changed if row.code in REVERSIBLE and row.fact is not None}

    def _follow_targets(self) -> set[FactKey]:
        """Write what facts owe now; those for which it changed."""
        rows = self._rows.targets(self._card_nos)
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
            row.assurance = self._assurance(key)
            row.updated_at = clock.now()
            self._rows.add(row)
            changed.add(key)
        return changed

    def _assurance(self, key: FactKey) -> Assurance:
        """Of the version that stands; where none does, nothing is known at all."""
        stands = self._judgement.standing.get(key)
        return stands.assurance if stands is not None else Assurance.CLOUD

    def _follow_restores(self) -> None:
        """Write what purses lack now, and say where it changed."""
        rows = self._rows.restores(self._card_nos)
        for place in sorted(rows.keys() | self._judgement.restores.keys()):
            target_fen = self._judgement.restores.get(place, 0)
            row = rows.get(place)
            if row is None:
                row = RestoreTarget(
                    tenant_id=self._tenant_id, card_no=place.card_no, atc=place.atc, target_fen=0
                )
            if row.target_fen == target_fen:
                continue
            row.target_fen, row.updated_at = target_fen, clock.now()
            self._rows.add(row)
            self._uow.emit(
                RestoreDue(tenant_id=self._tenant_id, card_no=place.card_no, atc=place.atc)
            )

    def _follow_blocks(self) -> None:
        """Have machines refuse the cards that cannot be trusted, and no others any more."""
        standing = self._rows.blocked(self._card_nos, _OURS)
        wanted = self._judgement.blocks
        for card_no in sorted(standing.keys() | wanted.keys()):
            has, needs = standing.get(card_no, set()), wanted.get(card_no, set())
            for reason in sorted(needs - has):
                blocklist.block(
                    self._uow,
                    tenant_id=self._tenant_id,
                    card_no=card_no,
                    reason=cast("Reason", reason),
                )
            for reason in sorted(has - needs):
                blocklist.unblock(
                    self._uow,
                    tenant_id=self._tenant_id,
                    card_no=card_no,
                    reason=cast("Reason", reason),
                )
