from datetime import timedelta

from tapline import clock, policy
from tapline.cards import reminders
from tapline.reports.arrears.repository import ArrearsReads
from tapline.reports.arrears.rules import Arrear, Arrears, Band
from tapline.uow import UnitOfWork


def arrears(uow: UnitOfWork, *, tenant_id: str) -> Arrears:
    """What cards owe for water, the oldest debt first."""
    reads = ArrearsReads(uow, tenant_id)
    debts = reads.debts()
    card_nos = [debt.card_no for debt in debts]
    holders = reads.holders(card_nos)
    told = reminders.last_told(uow, tenant_id=tenant_id, card_nos=card_nos)
    now, today = clock.now(), clock.business_date(clock.now())
    pause = timedelta(days=policy.current(uow, tenant_id=tenant_id).card_reminder_days)
    listed = []
    for debt in sorted(debts, key=lambda debt: (debt.since, debt.card_no)):
        card, customer = holders.get(debt.card_no, (None, None))
        told_at = told.get(debt.card_no)
        listed.append(
            Arrear(
                card_no=debt.card_no,
                amount_fen=debt.amount_fen,
                since=debt.since,
                drawn_with=debt.drawn_with,
                band=Band.of(debt.since, today),
                card=card,
                customer=customer,
                told_at=told_at,
                may_remind=customer is not None and (told_at is None or told_at + pause <= now),
            )
        )
    return Arrears(listed, reads.booked_fen())
