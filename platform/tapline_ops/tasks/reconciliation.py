"""Finding differences between what machine, card and ledger say."""

from tapline import reconciliation
from tapline.events import (
    CardIssued,
    CardsClaimed,
    CorrectionPosted,
    DuplicatesSeen,
    FactsStored,
    OrderChanged,
    ReleasedFactsMissing,
)
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def reconcile_cards(uow: UnitOfWork, event: FactsStored) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=event.tenant_id, cards=event.cards)


@consumer
def reconcile_issued(uow: UnitOfWork, event: CardIssued) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=event.tenant_id, cards=[event.card_no])


@consumer
def reconcile_claimed(uow: UnitOfWork, event: CardsClaimed) -> None:
    reconciliation.reconcile_cards(uow, tenant_id=event.tenant_id, cards=event.cards)


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


@consumer
def follow_debt(uow: UnitOfWork, event: CorrectionPosted) -> None:
    reconciliation.follow_debts(uow, tenant_id=event.tenant_id, card_nos=[event.card_no])


@consumer
def reconcile_order(uow: UnitOfWork, event: OrderChanged) -> None:
    reconciliation.follow_order(uow, tenant_id=event.tenant_id, order_id=event.order_id)


@tenant_sweep
def reconcile_orders(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_orders(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_cards(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_cards(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_debts(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_debts(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_feeds(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_feeds(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_gaps(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.sweep_gaps(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_meters(uow: UnitOfWork, tenant_id: str) -> None:
    reconciliation.follow_gaps(uow, tenant_id=tenant_id)
    reconciliation.sweep_meters(uow, tenant_id=tenant_id)
