"""A provider's daily bill against our payments, our payouts and the ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tapline import audit, clock, files, payments, reconciliation, tickets
from tapline.errors import ConflictError, DeniedError
from tapline.payments import Leg, Payment, PaymentState, Payout, PayoutState, RefundStatus
from tapline.payments import bills as provider_bills
from tapline.payments.bills import BillState, BreakEnd, BreakKind, ProviderBill, ProviderBreak
from tapline.people import Staff
from tapline.reconciliation.sentences import plain
from tapline.uow import Database
from tapline_ops.doctor.stops import stops
from tapline_ops.tasks.bills import note_unmatched
from tests.integration.consequences import drain
from tests.integration.payments.billing import Row, file_of, text_of
from tests.integration.payments.conftest import NOON
from tests.integration.payments.provider import FakeProvider
from tests.integration.payments.till import Till, later

DAY = date(2026, 11, 21)
PSP = "psp:wechat"


@pytest.fixture
def till(database: Database, provider: FakeProvider) -> Till:
    return Till(database, provider)


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


def test_a_bill_that_agrees_with_the_books_leaves_nothing_but_its_fees(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(payout)

    billed(till, row_of(payment, fee_fen=30), row_of_refund(payout))

    bill = the_bill(till)
    assert (bill.state, bill.paid_fen, bill.refunded_fen) == (BillState.READ, 5000, 2000)
    assert open_breaks(till) == []
    assert till.balances()[PSP] == 5000 - 2000 - 30 + 12
    assert till.balances()["exp:psp_fee"] == 18
    assert bill.file_id is not None
    with till.database.transaction() as uow:
        kept, content = files.read(uow, tenant_id="demo", file_id=bill.file_id)
    assert content == till.provider.bills[DAY].content
    assert kept.name == "wechat-2026-11-21.csv"


@pytest.mark.req("C5")
def test_what_was_paid_there_and_never_told_is_asked_for_and_posted(till: Till) -> None:
    payment = till.asks(5000)
    later(minutes=40)
    till.queries()
    assert till.payment(payment.payment_id).state is PaymentState.CLOSED
    till.provider.pays(payment.out_trade_no)

    billed(till, row_of(payment))

    assert till.payment(payment.payment_id).paid_late
    assert till.balances()[PSP] == 5000
    assert open_breaks(till) == []
    with till.database.transaction() as uow:
        (healed,) = provider_bills.breaks(uow, tenant_id="demo", is_open=False)
    assert (healed.kind, healed.end) == (BreakKind.PAID_THERE, BreakEnd.HEALED)
    assert healed.answer == "paid 50.00"


def test_each_difference_is_a_break_of_its_own_and_reading_again_adds_none(till: Till) -> None:
    fine, short = till.paid(1000, "order:1"), till.paid(2000, "order:2")
    absent = till.paid(3000, "order:3")
    (payout,) = till.decided(Leg(fine.payment_id, 400))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(payout)
    before = till.balances()

    billed(
        till,
        row_of(fine),
        row_of(fine),
        row_of(short, amount_fen=1900),
        Row(at=NOON, trade_no="T-strange", out_trade_no="strange", amount_fen=777),
        Row(at=NOON, out_refund_no="R-strange", amount_fen=55),
    )

    assert kinds(till) == sorted(
        [
            BreakKind.TWICE,
            BreakKind.AMOUNT,
            BreakKind.PAID_HERE,
            BreakKind.PAID_THERE,
            BreakKind.REFUNDED_THERE,
            BreakKind.REFUNDED_HERE,
        ]
    )
    stakes = {one.kind: one.stake_fen for one in open_breaks(till)}
    assert stakes[BreakKind.PAID_HERE] == -absent.amount_fen
    assert stakes[BreakKind.AMOUNT] == -100
    names = {one.break_id for one in open_breaks(till)}
    fetched(till)
    assert {one.break_id for one in open_breaks(till)} == names
    assert till.balances() == before


def test_what_nobody_can_match_is_a_finding_with_a_ticket_until_it_is_decided(
    till: Till, office: dict[str, Staff]
) -> None:
    till.paid(3000, "sale:1")
    billed(till, hours=22.2)  # 10:12
    later(minutes=5)  # 10:17
    fetched(till)

    def worked() -> None:
        with till.database.transaction() as uow:
            note_unmatched(uow, "demo")
            drain(uow)

    worked()
    with till.database.transaction() as uow:
        assert not reconciliation.standing(uow, tenant_id="demo", code="D17")
    later(minutes=15)
    worked()
    worked()
    (broken,) = open_breaks(till)
    with till.database.transaction() as uow:
        (finding,) = reconciliation.standing(uow, tenant_id="demo", code="D17").values()
        assert finding.subject == f"trade:wechat:{broken.number}"
        assert (finding.amount_fen, finding.needs_person) == (3000, True)
        zh = plain(finding, "zh_CN")
        assert zh == "2026-11-21：微信支付的账单上没有平台已入账的 30.00 元收款"
        (ticket,) = tickets.listed(uow, tenant_id="demo")
        provider_bills.accept(
            uow,
            tenant_id="demo",
            break_id=broken.break_id,
            staff=office["cai.wu"],
            reason="渠道已书面确认，次日补入账单",
        )
    assert ticket.category == "discrepancy"
    worked()
    with till.database.transaction() as uow:
        assert not reconciliation.standing(uow, tenant_id="demo", code="D17")
        trail = audit.newest(uow, tenant_id="demo", limit=5)
    assert "provider_break.accept" in {one.action for one in trail}


@pytest.mark.req("C5")
def test_paid_twice_reaches_finance_at_once_and_two_persons_send_it_back(
    till: Till, office: dict[str, Staff]
) -> None:
    payment = till.paid(5000)
    till.provider.trades[payment.out_trade_no] = replace(
        till.provider.trades[payment.out_trade_no], provider_trade_no="T-again"
    )
    till.told_trade(payment, id="N-again")
    (broken,) = open_breaks(till)
    assert (broken.kind, broken.stake_fen, broken.number) == (BreakKind.PAID_AGAIN, 5000, "T-again")
    name = broken.break_id
    cai, qian, agent = office["cai.wu"], office["qian.fang"], office["lin.xia"]

    def proposes(staff: Staff) -> None:
        with till.database.transaction() as uow:
            provider_bills.propose_return(
                uow, tenant_id="demo", break_id=name, staff=staff, reason="用户重复支付"
            )

    def confirms(staff: Staff) -> None:
        with till.database.transaction() as uow:
            provider_bills.confirm_return(uow, tenant_id="demo", break_id=name, staff=staff)

    with pytest.raises(DeniedError):
        proposes(agent)
    proposes(cai)
    with pytest.raises(DeniedError, match="colleague"):
        confirms(cai)
    confirms(qian)
    with pytest.raises(ConflictError):
        confirms(qian)
    with till.database.transaction() as uow:
        (leg,) = payments.payouts_of(uow, tenant_id="demo", subject=f"provider_break:{name}")
    till.sends()
    till.provider.decides(leg.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(leg)
    assert till.payout(leg).state is PayoutState.SUCCEEDED
    assert till.balances()[PSP] == 5000
    assert "refund_payable" not in till.balances()

    second = Row(at=NOON, trade_no="T-again", out_trade_no=payment.out_trade_no, amount_fen=5000)
    billed(till, row_of(payment), second, row_of_refund(leg))
    assert open_breaks(till) == []


def test_a_payout_reported_with_another_amount_reaches_finance(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)

    till.told_refund(payout, amount_fen=1900)

    (broken,) = open_breaks(till)
    assert (broken.kind, broken.ours_fen, broken.theirs_fen) == (BreakKind.AMOUNT, 0, 1900)
    assert till.balances()[PSP] == 5000


def damaged(text: str) -> str:
    return text.replace("`CNY,`", "`CNY,`1o")


def cut_off(text: str) -> str:
    return text.partition("总交易单数")[0]


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [(damaged, [2, "no_yuan", "应结订单金额", "1o50.00"]), (cut_off, [0, "cut_off", "", ""])],
)
def test_of_a_malformed_bill_nothing_is_matched_until_a_good_one_comes(
    till: Till, office: dict[str, Staff], spoil: Callable[[str], str], flaw: list[object]
) -> None:
    payment = till.paid(5000)
    good = text_of([row_of(payment, fee_fen=30)])
    till.provider.bills[DAY] = file_of(spoil(good))
    later(hours=23)
    fetched(till)

    bill = the_bill(till)
    assert (bill.state, bill.flaws) == (BillState.MALFORMED, [flaw])
    assert open_breaks(till) == []
    assert "exp:psp_fee" not in till.balances()
    with till.database.transaction() as uow:
        said = [line for line in stops(uow) if "bill" in line]
        provider_bills.fetch_again(
            uow, tenant_id="demo", bill_id=bill.bill_id, staff=office["cai.wu"]
        )
    assert said == [
        "demo: the bill of wechat for 2026-11-21 is malformed after 1 attempts, see its flaws: "
        "see /console/bills"
    ]

    till.provider.bills[DAY] = file_of(good)
    fetched(till)
    assert the_bill(till).state is BillState.READ
    assert till.balances()["exp:psp_fee"] == 30


def test_a_bill_that_is_late_or_damaged_on_its_way_is_asked_for_again(till: Till) -> None:
    payment = till.paid(5000)
    later(hours=23)
    fetched(till)
    assert (the_bill(till).state, the_bill(till).error) == (BillState.AWAITED, "not ready")

    whole = file_of(text_of([row_of(payment)]))
    till.provider.bills[DAY] = payments.BillFile(content=whole.content + b"x", sha1=whole.sha1)
    later(minutes=11)
    fetched(till)
    assert "damaged" in (the_bill(till).error or "")

    till.provider.bills[DAY] = whole
    later(minutes=30)
    fetched(till)
    assert (the_bill(till).state, the_bill(till).attempts) == (BillState.READ, 3)
