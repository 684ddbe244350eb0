"""Money onto cards: paid, waiting for a tap, allotted by enterprises."""

from datetime import timedelta

from tapline import clock, policy, reconciliation, refunds
from tapline.cards import enterprises, topups
from tapline.events import PaymentPaid, TopUpStranded
from tapline.reconciliation import Found
from tapline.uow import UnitOfWork
from tapline_ops.worker import consumer, tenant_sweep

UNTAPPED = "D15"


@consumer
def take_topup_payment(uow: UnitOfWork, event: PaymentPaid) -> None:
    topups.on_paid(
        uow, tenant_id=event.tenant_id, payment_id=event.payment_id, subject=event.subject
    )


@consumer
def return_stranded_topup(uow: UnitOfWork, event: TopUpStranded) -> None:
    refunds.on_topup(uow, tenant_id=event.tenant_id, topup_id=event.topup_id)


@tenant_sweep
def sweep_topups(uow: UnitOfWork, tenant_id: str) -> None:
    topups.lapse(uow, tenant_id=tenant_id)
    topups.remind(uow, tenant_id=tenant_id)


@tenant_sweep
def allot_enterprises(uow: UnitOfWork, tenant_id: str) -> None:
    enterprises.allot_all(uow, tenant_id=tenant_id)


@tenant_sweep
def note_untapped_money(uow: UnitOfWork, tenant_id: str) -> None:
    """D15: money that was paid and no machine has written; over when one has, or it went back."""
    in_force = policy.current(uow, tenant_id=tenant_id)
    soon = timedelta(seconds=in_force.untapped_remind_s)
    waiting = {
        f"card:{one.card_no}": one
        for one in topups.untapped(uow, tenant_id=tenant_id, older_than=soon)
    }
    long_ago = clock.now() - timedelta(days=in_force.untapped_days)
    for subject, one in waiting.items():
        found = Found(
            card_no=one.card_no,
            amount_fen=one.waiting_fen,
            facts={"since": one.since.isoformat()},
            needs_person=one.since <= long_ago,
        )
        reconciliation.note(uow, tenant_id=tenant_id, code=UNTAPPED, subject=subject, found=found)
    for subject in reconciliation.standing(uow, tenant_id=tenant_id, code=UNTAPPED):
        if subject not in waiting:
            reconciliation.withdraw(uow, tenant_id=tenant_id, code=UNTAPPED, subject=subject)
