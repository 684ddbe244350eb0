"""Money that comes in: it counts when the provider says so, once, and in the amount asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tapline import clock, payments
from tapline.errors import ConflictError, InvalidError
from tapline.payments import Credit, NoticeRefusedError, PaymentState, ProviderNotice, Verdict
from tests.integration.payments.provider import PAGE, FakeProvider, Mood, delivery
from tests.integration.payments.till import DEPOSIT, UNEARNED, Till, later


def test_an_order_is_paid_when_the_provider_says_so_and_not_before(till: Till) -> None:
    payment = till.asks(5000)
    till.provider.pays(payment.out_trade_no)
    assert till.payment(payment.payment_id).state is PaymentState.CREATED

    till.told_trade(payment)

    paid = till.payment(payment.payment_id)
    assert (paid.state, paid.payer) == (PaymentState.PAID, "微信用户 **** 6688")
    assert till.balances() == {"psp:wechat": 5000, "order:1:unearned": 5000}
    assert till.events("PaymentPaid") == [
        {"tenant_id": "demo", "payment_id": str(payment.payment_id), "subject": "order:1"}
    ]


def test_goods_and_deposit_are_kept_apart_from_the_first_moment(
    till: Till, provider: FakeProvider
) -> None:
    with till.database.transaction() as uow:
        payment = payments.begin(
            uow,
            tenant_id="demo",
            provider="wechat",
            subject="order:1",
            amount_fen=8000,
            credits=[Credit(UNEARNED, 3000), Credit(DEPOSIT, 5000)],
            customer_id=None,
            expires_at=clock.now() + timedelta(minutes=30),
        )
    page = payments.checkout(
        till.database,
        till.gateways,
        tenant_id="demo",
        payment_id=payment.payment_id,
        title="桶装水 2 桶",
        return_url="https://water.example/orders/1",
    )
    provider.pays(payment.out_trade_no)
    till.told_trade(payment)

    assert page == PAGE + payment.out_trade_no
    assert provider.orders[payment.out_trade_no].merchant == "demo 直饮水"
    assert till.balances() == {
        "psp:wechat": 8000,
        "order:1:unearned": 3000,
        "deposit:bucket:1": 5000,
    }


def test_the_same_news_again_moves_nothing_and_is_kept(till: Till) -> None:
    payment = till.paid(5000)

    again = [till.told_trade(payment), till.told_trade(payment)]

    assert again == [Verdict.REPEATED, Verdict.REPEATED]
    assert till.balances()["psp:wechat"] == 5000
    assert len(till.events("PaymentPaid")) == 1
    with till.database.transaction() as uow:
        kept = payments.received(uow, tenant_id="demo")
    assert [notice.verdict for notice in kept] == [
        Verdict.REPEATED,
        Verdict.REPEATED,
        Verdict.APPLIED,
    ]


def test_a_delivery_replayed_by_somebody_else_is_refused(till: Till) -> None:
    payment = till.asks()
    till.provider.pays(payment.out_trade_no)
    headers, body = delivery("N1", {"trade": payment.out_trade_no})

    def take() -> None:
        with till.database.transaction() as uow:
            payments.take_notice(
                uow,
                tenant_id="demo",
                provider="wechat",
                headers=headers,
                body=body,
                gateway=till.provider,
            )

    take()
    with pytest.raises(NoticeRefusedError, match="seen before"):
        take()


def test_a_forged_notification_leaves_no_trace_in_the_books(till: Till) -> None:
    payment = till.asks()
    till.provider.pays(payment.out_trade_no)
    headers, body = delivery("N1", {"trade": payment.out_trade_no})

    with (
        pytest.raises(NoticeRefusedError),
        till.database.transaction() as uow,
    ):
        payments.take_notice(
            uow,
            tenant_id="demo",
            provider="wechat",
            headers=headers | {"signature": "forged"},
            body=body,
            gateway=till.provider,
        )

    assert till.balances() == {}
    with till.database.transaction() as uow:
        assert uow.session.scalars(select(ProviderNotice)).all() == []


def test_another_amount_than_asked_for_is_set_aside_with_its_reason(till: Till) -> None:
    payment = till.asks(5000)
    till.provider.pays(payment.out_trade_no)

    verdict = till.told_trade(payment, amount_fen=4999)

    assert verdict is Verdict.SET_ASIDE
    assert till.balances() == {}
    with till.database.transaction() as uow:
        (kept,) = payments.received(uow, tenant_id="demo", verdict=Verdict.SET_ASIDE)
    assert kept.reason == "paid 4999 fen of 5000 fen asked for"
    assert kept.payment_id == payment.payment_id
    assert b'"amount_fen": 4999' in kept.body


def test_money_for_an_order_of_nobody_is_set_aside(till: Till) -> None:
    payment = till.asks()
    till.provider.pays(payment.out_trade_no)
    trade = till.provider.trades[payment.out_trade_no]
    till.provider.trades["elsewhere"] = replace(trade, out_trade_no="elsewhere")

    assert till.told("trade", "elsewhere") is Verdict.SET_ASIDE
    assert till.balances() == {}


def test_a_notification_that_never_comes_is_asked_for(till: Till) -> None:
    payment = till.asks()
    till.provider.pays(payment.out_trade_no)
    assert till.queries() == 0  # it may still come

    later(seconds=11)
    till.queries()

    assert till.payment(payment.payment_id).state is PaymentState.PAID
    assert till.told_trade(payment) is Verdict.REPEATED
    assert till.balances()["psp:wechat"] == 5000


def test_questions_become_rarer_and_survive_a_deaf_provider(till: Till) -> None:
    payment = till.asks()
    asked = []
    for _ in range(20):
        later(seconds=15)
        till.provider.moods.append(Mood.DEAF)
        till.queries()
        asked.append(not till.provider.moods)
        till.provider.moods.clear()
    assert 4 <= sum(asked) <= 6

    till.provider.pays(payment.out_trade_no)
    later(minutes=10)
    till.queries()
    assert till.payment(payment.payment_id).state is PaymentState.PAID


def test_an_unpaid_order_is_closed_at_its_end_also_at_the_provider(till: Till) -> None:
    payment = till.asks()

    later(minutes=31)
    till.queries()

    assert till.payment(payment.payment_id).state is PaymentState.CLOSED
    assert till.provider.trades[payment.out_trade_no].status.value == "closed"
    with pytest.raises(ConflictError, match="ended"):
        payments.checkout(
            till.database,
            till.gateways,
            tenant_id="demo",
            payment_id=payment.payment_id,
            title="",
            return_url="",
        )


def test_an_order_paid_in_the_last_second_is_not_closed(till: Till) -> None:
    payment = till.asks()
    till.provider.pays(payment.out_trade_no)

    later(minutes=31)
    till.queries()

    assert till.payment(payment.payment_id).state is PaymentState.PAID


def test_money_that_arrives_for_a_closed_payment_still_counts_and_says_so(till: Till) -> None:
    payment = till.asks()
    later(minutes=31)
    till.queries()

    till.provider.pays(payment.out_trade_no)
    assert till.told_trade(payment) is Verdict.APPLIED

    late = till.payment(payment.payment_id)
    assert (late.state, late.paid_late) == (PaymentState.PAID, True)
    assert till.balances()["psp:wechat"] == 5000
    assert len(till.events("PaymentPaid")) == 1


def test_a_form_sent_twice_is_one_payment(till: Till) -> None:
    assert till.asks(5000).payment_id == till.asks(5000).payment_id

    with pytest.raises(ConflictError, match="another payment"):
        till.asks(6000)


def test_what_is_paid_is_not_asked_for_again(till: Till) -> None:
    till.paid()

    with pytest.raises(ConflictError, match="order:1 is paid"):
        till.asks()


def test_credits_make_up_the_amount_or_nothing_is_asked_for(till: Till) -> None:
    with (
        pytest.raises(InvalidError, match="2999 fen of the 3000"),
        till.database.transaction() as uow,
    ):
        payments.begin(
            uow,
            tenant_id="demo",
            provider="wechat",
            subject="order:1",
            amount_fen=3000,
            credits=[Credit(UNEARNED, 2999)],
            customer_id=None,
            expires_at=clock.now(),
        )


def test_a_payment_of_an_earlier_system_is_known_and_posts_nothing(till: Till) -> None:
    paid_at = clock.now() - timedelta(days=100)
    ids = set()
    for _ in range(2):
        with till.database.transaction() as uow:
            payment = payments.import_paid(
                uow,
                tenant_id="demo",
                provider="alipay",
                subject="card:88000001",
                amount_fen=20_000,
                paid_at=paid_at,
                provider_trade_no="2026081322001",
                customer_id=None,
            )
            ids.add(payment.payment_id)
            (left,) = payments.refundable(uow, tenant_id="demo", subjects=["card:88000001"])

    assert len(ids) == 1
    assert (left.remaining_fen, left.obstacle) == (20_000, None)
    assert till.balances() == {}
