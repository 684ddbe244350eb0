"""A customer pays, and the provider tells us: through the port, as in life."""

from tapline import payments
from tapline.payments import Payment
from tapline.uow import UnitOfWork
from tests.integration.payments.provider import FakeProvider, delivery


def money_arrives(uow: UnitOfWork, subject: str) -> Payment:
    """The newest payment of `subject` is paid, and the notification is taken in."""
    provider = FakeProvider()
    payment = payments.of_subject(uow, tenant_id="demo", subject=subject)[0]
    provider.pay(
        payments.Order(
            tenant_id="demo",
            out_trade_no=payment.out_trade_no,
            amount_fen=payment.amount_fen,
            title="桶装水",
            merchant="demo",
            return_url="https://water.example",
            expires_at=payment.expires_at,
        )
    )
    provider.pays(payment.out_trade_no)
    headers, body = delivery(f"N{payment.out_trade_no}", {"trade": payment.out_trade_no})
    payments.take_notice(
        uow,
        tenant_id="demo",
        provider=payment.provider,
        headers=headers,
        body=body,
        gateway=provider,
    )
    return payment
