"""A provider's daily bill against our payments, our payouts and the ledger."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tapline import audit, files, payments, people, reconciliation, reports, tickets
from tapline.errors import ConflictError, DeniedError
from tapline.notices import Notice
from tapline.payments import Leg, PaymentState, PayoutState, RefundStatus
from tapline.payments import bills as provider_bills
from tapline.payments.bills import BillState, BreakEnd, BreakKind
from tapline.people import Staff
from tapline.reconciliation.sentences import plain
from tapline_ops.tasks.bills import note_unmatched
from tests.integration.consequences import drain
from tests.integration.payments.billing import Row
from tests.integration.payments.conftest import NOON
from tests.integration.payments.days import (
    DAY,
    PSP,
    billed,
    fetched,
    kinds,
    open_breaks,
    row_of,
    row_of_refund,
    the_bill,
)
from tests.integration.payments.till import Till, later


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
    with till.database.transaction() as uow:
        payer = people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")
        stored = payments.get(uow, tenant_id="demo", payment_id=payment.payment_id)
        stored.customer_id = payer.customer_id
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
        told = list(uow.session.scalars(select(Notice.text)))
    assert [text for text in told if "多付的一笔 50.00 元，正在原路退回" in text]
    till.sends()
    till.provider.decides(leg.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(leg)
    assert till.payout(leg).state is PayoutState.SUCCEEDED
    assert till.balances()[PSP] == 5000
    assert "refund_payable" not in till.balances()

    second = Row(at=NOON, trade_no="T-again", out_trade_no=payment.out_trade_no, amount_fen=5000)
    billed(till, row_of(payment), second, row_of_refund(leg))
    assert open_breaks(till) == []
    with till.database.transaction() as uow:
        accounts = reports.clearing(uow, tenant_id="demo")
    assert {one.row.code: one.unexplained_fen for one in accounts} == {PSP: 0}


def test_a_payout_reported_with_another_amount_reaches_finance(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)

    till.told_refund(payout, amount_fen=1900)

    (broken,) = open_breaks(till)
    assert (broken.kind, broken.ours_fen, broken.theirs_fen) == (BreakKind.AMOUNT, 0, 1900)
    assert till.balances()[PSP] == 5000
