"""The day of a bill, in few words: what it says of us, and what we make of it."""

from datetime import date

from tapline import clock
from tapline.payments import Payment, Payout
from tapline.payments import bills as provider_bills
from tapline.payments.bills import BreakKind, ProviderBill, ProviderBreak
from tests.integration.payments.billing import Row, file_of, text_of
from tests.integration.payments.conftest import NOON
from tests.integration.payments.till import Till, later

DAY = date(2026, 11, 21)
PSP = "psp:wechat"


def row_of(payment: Payment, **changes: int) -> Row:
    return Row(
        at=payment.paid_at or clock.now(),
        trade_no=payment.provider_trade_no or f"T{payment.out_trade_no}",
        out_trade_no=payment.out_trade_no,
        amount_fen=changes.get("amount_fen", payment.amount_fen),
        fee_fen=changes.get("fee_fen", 0),
    )


def row_of_refund(payout: Payout) -> Row:
    return Row(
        at=NOON,
        out_refund_no=payout.out_refund_no,
        amount_fen=payout.amount_fen,
        fee_fen=-payout.amount_fen * 6 // 1000,
    )


def billed(till: Till, *rows: Row, hours: float = 23) -> None:
    """The provider makes the bill of the day; it is the next day, and the clock's work is done."""
    till.provider.bills[DAY] = file_of(text_of(rows))
    later(hours=hours)
    fetched(till)


def fetched(till: Till) -> None:
    provider_bills.fetch_due(till.database, till.gateways)
    provider_bills.ask_open(till.database, till.gateways)
    with till.database.transaction() as uow:
        provider_bills.match_open(uow, tenant_id="demo")


def the_bill(till: Till) -> ProviderBill:
    with till.database.transaction() as uow:
        (bill,) = provider_bills.listed(uow, tenant_id="demo")
        return bill


def open_breaks(till: Till) -> list[ProviderBreak]:
    with till.database.transaction() as uow:
        return list(provider_bills.breaks(uow, tenant_id="demo"))


def kinds(till: Till) -> list[BreakKind]:
    return sorted(one.kind for one in open_breaks(till))
