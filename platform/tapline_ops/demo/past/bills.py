"""A payment provider's bill of the day before yesterday, with one payment that nobody asked for."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from tapline import clock, payments
from tapline.payments import bills
from tapline.uow import UnitOfWork
from tapline_ops.cashier import billing
from tapline_ops.cashier.billing import Entry, Wrong
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO
from tapline_ops.tasks.bills import note_unmatched

_PROVIDER = "wechat"
_FEE_PER_MILLE = 6


def scenes(past: Past) -> Iterator[Scene]:
    """It came yesterday, at the time when bills come."""
    yield Scene(past.ago(1, 10, 20), partial(_take, past))


def _take(past: Past, uow: UnitOfWork) -> None:
    day = past.today - timedelta(days=2)
    bills.plan(uow, tenant_id=DEMO, providers=[_PROVIDER])
    for bill in bills.listed(uow, tenant_id=DEMO):
        wrongs = {Wrong.FOREIGN} if bill.day == day else set()
        paid = [
            _entry(payment)
            for payment in payments.listed(uow, tenant_id=DEMO, limit=5000)
            if payment.provider == _PROVIDER
            and payment.credits
            and payment.paid_at is not None
            and clock.business_date(payment.paid_at) == bill.day
        ]
        content, _ = billing.bill(paid, bill.day, wrongs)
        bills.take_file(uow, tenant_id=DEMO, bill_id=bill.bill_id, content=content)
    note_unmatched(uow, DEMO)
    past.told.append({"t": "inject", "code": "D17", "device": None, "seq": None, "card": None})


def _entry(payment: payments.Payment) -> Entry:
    assert payment.paid_at is not None
    assert payment.provider_trade_no is not None
    return Entry(
        at=payment.paid_at,
        trade_no=payment.provider_trade_no,
        out_trade_no=payment.out_trade_no,
        title="桶装水",
        paid_fen=payment.amount_fen,
        refund_no="",
        out_refund_no="",
        refunded_fen=0,
        fee_fen=(payment.amount_fen * _FEE_PER_MILLE + 500) // 1000,
    )
