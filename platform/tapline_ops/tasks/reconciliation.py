"""Finding differences between what machine, card and ledger say."""

from tapline import reconciliation
from tapline.events import CardIssued, DuplicatesSeen, FactsStored, ReleasedFactsMissing
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def reconcile_cards(uow: UnitOfWork, event: FactsStored) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=event.tenant_id, cards=event.cards)


@consumer
def reconcile_issued(uow: UnitOfWork, event: CardIssued) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=event.tenant_id, cards=[event.card_no])


@consumer
def note_duplicates(uow: UnitOfWork, event: DuplicatesSeen) -> None:
    reconciliation.note_duplicates(uow, tenant_id=event.tenant_id, facts=event.facts)


@consumer
def note_released_missing(uow: UnitOfWork, event: ReleasedFactsMissing) -> None:
    reconciliation.note_released_missing(
        uow,
        tenant_id=event.tenant_id,
        device_id=event.device_id,
        from_seq=event.from_seq,
        to_seq=event.to_seq,
    )


@tenant_sweep
def sweep_gaps(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_gaps(uow, tenant_id=tenant_id)
