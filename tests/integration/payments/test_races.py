"""Money that arrives in the moment in which it is asked for again."""

from datetime import timedelta

from tapline import clock, payments
from tapline.payments import Credit
from tapline.uow import Database, UnitOfWork
from tests.integration.payments.provider import FakeProvider, delivery
from tests.integration.payments.till import UNEARNED, Till
from tests.rivals import beside


def test_nobody_is_asked_again_for_what_he_has_just_paid(
    database: Database, provider: FakeProvider
) -> None:
    payment = Till(database, provider).asks(5000)
    provider.pays(payment.out_trade_no)
    headers, body = delivery("N1", {"trade": payment.out_trade_no})

    def is_told(uow: UnitOfWork) -> None:
        payments.take_notice(
            uow,
            tenant_id="demo",
            provider="wechat",
            headers=headers,
            body=body,
            gateway=provider,
        )

    def asks_again(uow: UnitOfWork) -> None:
        payments.begin(
            uow,
            tenant_id="demo",
            provider="wechat",
            subject=payment.subject,
            amount_fen=5000,
            credits=[Credit(UNEARNED, 5000)],
            customer_id=None,
            expires_at=clock.now() + timedelta(minutes=30),
        )

    failure = beside(database, is_told, asks_again)

    assert "is paid" in str(failure)
    with database.transaction() as uow:
        assert len(payments.of_subject(uow, tenant_id="demo", subject=payment.subject)) == 1
