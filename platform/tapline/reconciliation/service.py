from collections.abc import Collection, Mapping

from tapline import clock, policy
from tapline.cards import facts
from tapline.cards.facts import FactFlaw
from tapline.events import ClaimsOverturned
from tapline.reconciliation import debts
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.declared import declared
from tapline.reconciliation.judgement import Judgement, Place
from tapline.reconciliation.model import CorrectionTarget, RestoreTarget
from tapline.reconciliation.outcome import Outcome
from tapline.reconciliation.repository import (
    FactsRepository,
    OutcomeRepository,
    RecheckRepository,
)
from tapline.reconciliation.rules import judge
from tapline.uow import UnitOfWork

_AT_A_TIME = 200


def reconcile_cards(uow: UnitOfWork, *, tenant_id: str, cards: Collection[str]) -> None:
    """Judge everything known of these cards, and make ledger, findings and targets follow.

    Any order and number of calls ends the same: the judgement is a function of the set of facts
    stored, of what was declared besides and of the time, and only differences are written. Reads
    the whole chains of these cards and of those that contradicting versions tie to them. One
    transaction a tenant does this at a time.
    """
    stored = FactsRepository(uow, tenant_id)
    stored.be_alone()
    tied = stored.tied(cards)
    versions = stored.versions(tied)
    besides = declared(
        uow,
        tenant_id=tenant_id,
        card_nos=tied,
        versions=versions,
        forged=stored.versions(tied, FactFlaw.WRONG_PROOF),
    )
    judgement = judge(versions, besides, policy.current(uow, tenant_id=tenant_id))
    _restate(uow, tenant_id, judgement, stored.held(tied))
    outcome = Outcome(
        uow, tenant_id=tenant_id, judgement=judgement, declared=besides, card_nos=tied
    )
    outcome.follow()
    if judgement.overturned:
        uow.emit(ClaimsOverturned(tenant_id=tenant_id, cards=tuple(sorted(judgement.overturned))))
    debts.follow(uow, tenant_id=tenant_id, card_nos=besides.cards)


def sweep_cards(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Judge again the cards for which a window has run out; how many."""
    due = RecheckRepository(uow, tenant_id).due(clock.now(), _AT_A_TIME)
    if due:
        reconcile_cards(uow, tenant_id=tenant_id, cards=due)
    return len(due)


def target_of(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int
) -> CorrectionTarget | None:
    """What a fact owes its card now; None where it never owed anything."""
    return OutcomeRepository(uow, tenant_id).target(FactKey(device_id, seq))


def restore_of(uow: UnitOfWork, *, tenant_id: str, card_no: str, atc: int) -> RestoreTarget | None:
    """What a purse lacks now, by where it was next seen; None where it never lacked anything."""
    return OutcomeRepository(uow, tenant_id).restore(Place(card_no, atc))


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
