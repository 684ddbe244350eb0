"""The life of cards."""

from tapline import cards
from tapline.cards import apologies, authorisations, enterprises, warnings
from tapline.events import CardReplaced, CardsClaimed, CorrectionPosted, FactsStored
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep


@consumer
def mind_stored_cards(uow: UnitOfWork, event: FactsStored) -> None:
    cards.carry_on(uow, tenant_id=event.tenant_id, card_nos=event.cards)
    warnings.watch(uow, tenant_id=event.tenant_id, card_nos=event.cards)


@consumer
def mind_claimed_cards(uow: UnitOfWork, event: CardsClaimed) -> None:
    cards.carry_on(uow, tenant_id=event.tenant_id, card_nos=event.cards)
    warnings.watch(uow, tenant_id=event.tenant_id, card_nos=event.cards)


@consumer
def carry_corrected(uow: UnitOfWork, event: CorrectionPosted) -> None:
    cards.carry_on(uow, tenant_id=event.tenant_id, card_nos=[event.card_no])


@consumer
def owe_apology(uow: UnitOfWork, event: CorrectionPosted) -> None:
    apologies.owe(
        uow, tenant_id=event.tenant_id, card_no=event.card_no, amount_fen=event.change_fen
    )


@consumer
def follow_replaced_member(uow: UnitOfWork, event: CardReplaced) -> None:
    enterprises.follow_replaced(
        uow, tenant_id=event.tenant_id, card_no=event.card_no, new_card_no=event.new_card_no
    )


@tenant_sweep
def sweep_replaced_cards(uow: UnitOfWork, tenant_id: str) -> None:
    cards.carry_all(uow, tenant_id=tenant_id)


@tenant_sweep
def end_authorisations(uow: UnitOfWork, tenant_id: str) -> None:
    authorisations.end_overdue(uow, tenant_id=tenant_id)


@tenant_sweep
def sweep_card_warnings(uow: UnitOfWork, tenant_id: str) -> None:
    warnings.sweep(uow, tenant_id=tenant_id)
