"""A tenant's money at work, as a test says it: one call each, committed each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tapline import clock, ledger, payments
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.outbox import OutboxMessage
from tapline.payments import Credit, Leg, Payment, Payout
from tapline.uow import Database
from tests.integration.payments.provider import FakeProvider, delivery

UNEARNED = ledger.Account("order:1:unearned", "C", bounded=True)
DEPOSIT = ledger.Account("deposit:bucket:1", "C", bounded=True)


@dataclass
class Till:
    database: Database
    provider: FakeProvider

    @property
    def gateways(self) -> dict[str, FakeProvider]:
        return {"wechat": self.provider}

    def asks(self, amount_fen: int = 5000, subject: str = "order:1") -> Payment:
        """A customer is asked for an order's price, and is at the cashier."""
        with self.database.transaction() as uow:
            payment = payments.begin(
                uow,
                tenant_id="demo",
                provider="wechat",
                subject=subject,
                amount_fen=amount_fen,
                credits=[Credit(UNEARNED, amount_fen)],
                customer_id=None,
                expires_at=clock.now() + timedelta(minutes=30),
            )
        payments.checkout(
            self.database,
            self.gateways,
            tenant_id="demo",
            payment_id=payment.payment_id,
            title="桶装水",
            return_url="https://water.example/orders/1",
        )
        return payment

    def paid(self, amount_fen: int = 5000, subject: str = "order:1") -> Payment:
        """A customer has paid, and we know it."""
        payment = self.asks(amount_fen, subject)
        self.provider.pays(payment.out_trade_no)
        assert self.told_trade(payment) is payments.Verdict.APPLIED
        return self.payment(payment.payment_id)

    def told_trade(self, payment: Payment, **changes: object) -> payments.Verdict:
        """The provider's notification about an order arrives."""
        return self.told("trade", payment.out_trade_no, **changes)

    def told_refund(self, payout: Payout, **changes: object) -> payments.Verdict:
        return self.told("refund", payout.out_refund_no, **changes)

    def told(self, kind: str, number: str, **changes: object) -> payments.Verdict:
        headers, body = delivery(f"N{number}", {kind: number} | changes)
        with self.database.transaction() as uow:
            return payments.take_notice(
                uow,
                tenant_id="demo",
                provider="wechat",
                headers=headers,
                body=body,
                gateway=self.provider,
            ).verdict

    def decided(self, *legs: Leg, subject: str = "refund:1") -> list[Payout]:
        """A refund is approved: its money stands in `refund_payable`, its legs are to be paid."""
        with self.database.transaction() as uow:
            command = ledger.Command(
                key=f"approve:{new_id()}",
                kind="refund",
                event_at=clock.now(),
                movement=ledger.Transfer(
                    UNEARNED, chart.REFUND_PAYABLE, sum(leg.amount_fen for leg in legs)
                ),
                content="",
                source={"subject": subject},
            )
            ledger.post(uow, tenant_id="demo", commands=[command])
            return list(payments.pay_out(uow, tenant_id="demo", subject=subject, legs=legs))

    def sends(self) -> int:
        return payments.send_waiting(self.database, self.gateways)

    def queries(self) -> int:
        return payments.query_pending(self.database, self.gateways)

    def payment(self, payment_id: UUID) -> Payment:
        with self.database.transaction() as uow:
            return payments.get(uow, tenant_id="demo", payment_id=payment_id)

    def payout(self, payout: Payout) -> Payout:
        with self.database.transaction() as uow:
            return payments.payout(uow, tenant_id="demo", payout_id=payout.payout_id)

    def balances(self) -> dict[str, int]:
        """What every account holds on its own side, in fen; empty ones are left out."""
        with self.database.transaction() as uow:
            rows = ledger.trial(uow, tenant_id="demo")
        return {row.code: row.balance for row in rows if row.balance}

    def events(self, kind: str) -> list[dict[str, object]]:
        """What was told to other contexts, oldest first."""
        with self.database.transaction() as uow:
            told = select(OutboxMessage).where(OutboxMessage.type == kind)
            rows = uow.session.scalars(told.order_by(OutboxMessage.position))
            return [row.payload for row in rows]


def later(**by: float) -> datetime:
    """Let time pass; what it is then."""
    clock.advance(timedelta(**by))
    return clock.now()
