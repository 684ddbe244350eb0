"""Giving money back."""

from functools import partial

from tapline import refunds, tenants
from tapline.events import (
    BookletPaidAgain,
    BreakerReset,
    CardCarried,
    CardsClaimed,
    CorrectionDue,
    CorrectionPosted,
    FactsRestated,
    FactsStored,
    GoodwillUndone,
    OrderChanged,
    PayoutEnded,
    RestoreDue,
)
from tapline.refunds import goodwill
from tapline.uow import UnitOfWork
from tapline.water import traces
from tapline_ops.transact import transact_each
from tapline_ops.worker import app, consumer, database


@consumer
def settle_pour(uow: UnitOfWork, event: CorrectionDue) -> None:
    refunds.settle_pour(uow, tenant_id=event.tenant_id, device_id=event.device_id, seq=event.seq)


@consumer
def return_booklet_payment(uow: UnitOfWork, event: BookletPaidAgain) -> None:
    refunds.on_booklet(uow, tenant_id=event.tenant_id, purchase_id=event.purchase_id)


@consumer
def release_held(uow: UnitOfWork, event: BreakerReset) -> None:
    refunds.release_held(uow, tenant_id=event.tenant_id, breaker_id=event.breaker_id)


@consumer
def settle_restore(uow: UnitOfWork, event: RestoreDue) -> None:
    refunds.settle_restore(uow, tenant_id=event.tenant_id, card_no=event.card_no, atc=event.atc)


@consumer
def tell_corrected(uow: UnitOfWork, event: CorrectionPosted) -> None:
    refunds.tell(
        uow,
        tenant_id=event.tenant_id,
        device_id=event.device_id,
        seq=event.seq,
        card_no=event.card_no,
        change_fen=event.change_fen,
    )


@consumer
def follow_corrected_card(uow: UnitOfWork, event: CorrectionPosted) -> None:
    # Goodwill first: what it gives up for the correction is not paid out with a closed card.
    goodwill.follow(uow, tenant_id=event.tenant_id, keys=[(event.device_id, event.seq)])
    refunds.follow_cards(uow, tenant_id=event.tenant_id, card_nos=[event.card_no])


@consumer
def follow_restated_cards(uow: UnitOfWork, event: FactsRestated) -> None:
    goodwill.follow(uow, tenant_id=event.tenant_id, keys=event.facts)
    refunds.follow_cards(uow, tenant_id=event.tenant_id, card_nos=event.cards)


@consumer
def follow_restated_water(uow: UnitOfWork, event: FactsRestated) -> None:
    traces.follow(uow, tenant_id=event.tenant_id, keys=event.facts)


@consumer
def follow_undone_water(uow: UnitOfWork, event: GoodwillUndone) -> None:
    traces.follow(uow, tenant_id=event.tenant_id, keys=[(event.device_id, event.seq)])


@consumer
def follow_closing_cards(uow: UnitOfWork, event: FactsStored) -> None:
    refunds.follow_cards(uow, tenant_id=event.tenant_id, card_nos=event.cards)


@consumer
def follow_claimed_cards(uow: UnitOfWork, event: CardsClaimed) -> None:
    refunds.follow_cards(uow, tenant_id=event.tenant_id, card_nos=event.cards)


@consumer
def follow_carried_card(uow: UnitOfWork, event: CardCarried) -> None:
    refunds.follow_cards(uow, tenant_id=event.tenant_id, card_nos=[event.heir])


@consumer
def refund_cancelled_order(uow: UnitOfWork, event: OrderChanged) -> None:
    refunds.on_order(uow, tenant_id=event.tenant_id, order_id=event.order_id)


@consumer
def follow_payout(uow: UnitOfWork, event: PayoutEnded) -> None:
    refunds.on_payout(uow, tenant_id=event.tenant_id, subject=event.subject)


def sweep_refunds() -> None:
    """Advance every open claim by itself: what one is stuck on keeps no other customer waiting."""
    with database().transaction() as uow:
        open_ = {
            refund_id: tenant_id
            for tenant_id in tenants.ids(uow)
            for refund_id in refunds.open_claims(uow, tenant_id=tenant_id)
        }
    works = {
        f"refund {refund_id}": partial(refunds.advance, tenant_id=tenant_id, refund_id=refund_id)
        for refund_id, tenant_id in open_.items()
    }
    transact_each(database(), works)


app.task(sweep_refunds, name=sweep_refunds.__name__)
