"""A customer pays, and the provider tells us: through the port, as in life."""

from tapline import payments
from tapline.payments import Payment
from tapline.uow import UnitOfWork
from tests.integration.payments.provider import FakeProvider, delivery


def money_arrives(
    uow: UnitOfWork,
    subject: str,
    *,
    tenant_id: str = "demo",
    provider: FakeProvider | None = None,
    payment: Payment | None = None,
) -> Payment:
    """The newest payment of `subject`, or the one given, is paid, and we are told."""
    provider = provider or FakeProvider()
    payment = payment or payments.of_subject(uow, tenant_id=tenant_id, subject=subject)[0]
    _opened(provider, payment)
    provider.pays(payment.out_trade_no)
    _told(uow, provider, payment, f"N{payment.out_trade_no}")
    return payment


def lapses(uow: UnitOfWork, subject: str, *, tenant_id: str = "demo") -> Payment:
    """Nobody paid the newest payment of `subject` in time, and we are told."""
    provider = FakeProvider()
    payment = payments.of_subject(uow, tenant_id=tenant_id, subject=subject)[0]
    _opened(provider, payment)
    provider.close(out_trade_no=payment.out_trade_no)
    _told(uow, provider, payment, f"C{payment.out_trade_no}")
    return payment


def _opened(provider: FakeProvider, payment: Payment) -> None:
    provider.pay(
        payments.Order(
            tenant_id=payment.tenant_id,
            out_trade_no=payment.out_trade_no,
            amount_fen=payment.amount_fen,
            title="桶装水",
            merchant="demo",
            return_url="https://water.example",
            expires_at=payment.expires_at,
        )
    )


def _told(uow: UnitOfWork, provider: FakeProvider, payment: Payment, notice_id: str) -> None:
    headers, body = delivery(notice_id, {"trade": payment.out_trade_no})
    payments.take_notice(
        uow,
        tenant_id=payment.tenant_id,
        provider=payment.provider,
        headers=headers,
        body=body,
        gateway=provider,
    )
