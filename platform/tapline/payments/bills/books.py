"""Our side of a bill: payments, payouts, and what the ledger has of both at the provider."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.payments.bills.matching import Books, Ours
from tapline.payments.bills.model import BillLine, LineKind, ProviderBill
from tapline.payments.bills.repository import BillRepository
from tapline.payments.model import Payment, PaymentState
from tapline.payments.payouts.model import Payout, PayoutState
from tapline.uow import UnitOfWork


def collected(uow: UnitOfWork, bill: ProviderBill, lines: Sequence[BillLine]) -> Books:
    """What a bill is held against, in a few reads, however long it is."""
    bills = BillRepository(uow, bill.tenant_id)
    provider, day = bill.provider, bill.day
    span = (clock.begins(day), clock.begins(day + timedelta(days=1)))
    paid = [one for one in lines if one.kind is LineKind.PAYMENT]
    back = [one.number for one in lines if one.kind is LineKind.REFUND]
    payments = bills.payments(
        provider,
        numbers={one.number for one in paid},
        out_trade_nos={one.out_trade_no for one in paid},
    )
    payouts = bills.payouts(provider, back)
    paid_today = bills.paid_between(provider, *span)
    back_today = bills.refunded_between(provider, *span)
    booked = _booked(uow, bill, [*payments, *paid_today], [*payouts, *back_today])
    ours = {one.payment_id: _of_payment(one, booked) for one in [*payments, *paid_today]}
    ours |= {one.payout_id: _of_payout(one, booked) for one in [*payouts, *back_today]}
    of_day = [(LineKind.PAYMENT, ours[one.payment_id]) for one in paid_today]
    of_day += [(LineKind.REFUND, ours[one.payout_id]) for one in back_today]
    return Books(
        payments={
            one.provider_trade_no: ours[one.payment_id]
            for one in payments
            if one.provider_trade_no is not None
        },
        asked_for={one.out_trade_no: ours[one.payment_id] for one in payments},
        payouts={one.out_refund_no: ours[one.payout_id] for one in payouts},
        of_day=of_day,
        on_earlier=bills.on_other_bills(
            bill, {(one.kind, one.number) for one in lines}, earlier=True
        ),
        on_others=bills.on_other_bills(
            bill, {(kind, one.number) for kind, one in of_day if one.number is not None}
        ),
    )


def _booked(
    uow: UnitOfWork, bill: ProviderBill, payments: Sequence[Payment], payouts: Sequence[Payout]
) -> dict[str, int]:
    """What the ledger moved at the provider, by payment or payout."""
    of_key = {
        f"pay:{one.payment_id}:{share}": str(one.payment_id)
        for one in payments
        for share in range(1, len(one.credits) + 1)
    }
    of_key |= {f"payout:{one.payout_id}": str(one.payout_id) for one in payouts}
    account = chart.psp(bill.provider).code
    found = ledger.entries_for_keys(uow, tenant_id=bill.tenant_id, keys=list(of_key))
    booked: dict[str, int] = defaultdict(int)
    for key, entries in found.items():
        booked[of_key[key]] += sum(one.amount for one in entries if one.code == account)
    return booked


def _of_payment(payment: Payment, booked: dict[str, int]) -> Ours:
    brought_along = not payment.credits
    return Ours(
        number=payment.provider_trade_no,
        amount_fen=payment.amount_fen,
        is_done=payment.state is PaymentState.PAID,
        booked_fen=None if brought_along else booked.get(str(payment.payment_id), 0),
        at=payment.paid_at,
        payment_id=payment.payment_id,
    )


def _of_payout(payout: Payout, booked: dict[str, int]) -> Ours:
    return Ours(
        number=payout.out_refund_no,
        amount_fen=payout.amount_fen,
        is_done=payout.state in {PayoutState.SUCCEEDED, PayoutState.CONFLICT},
        booked_fen=booked.get(str(payout.payout_id), 0),
        at=payout.ended_at,
        payout_id=payout.payout_id,
    )
