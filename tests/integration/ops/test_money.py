"""`tapline up` takes money in and gives it back, through the cashier and its own worker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from tapline import clock, ledger, payments
from tapline.ledger import chart
from tapline.payments import Credit, Leg, Payment, PaymentState
from tapline.uow import Database
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder
from tapline_ops.doctor import examine
from tapline_ops.providers.payments import HttpCashier
from tapline_ops.signature import shared_key
from tests.integration.ops.mqtt import until
from tests.integration.ops.test_supervisor import House, a_house

UNEARNED = ledger.Account("order:1:unearned", "C", bounded=True)
PATIENCE_S = 90


@pytest.fixture(scope="module")
def running() -> Iterator[House]:
    with a_house() as house:
        house.up()
        yield house


@pytest.fixture
def database(running: House) -> Iterator[Database]:
    state = running.state()
    assert state is not None
    with connected(state["database_url"]) as database:
        yield database


def asked(database: Database) -> Payment:
    with database.transaction() as uow:
        return payments.begin(
            uow,
            tenant_id="demo",
            provider="alipay",
            subject="order:1",
            amount_fen=3600,
            credits=[Credit(UNEARNED, 3600)],
            customer_id=None,
            expires_at=clock.now() + timedelta(minutes=30),
        )


def cashier_page(running: House, database: Database, payment: Payment) -> str:
    state = running.state()
    assert state is not None
    key = shared_key(Path(running.folder / "cashier.key"))
    gateway = HttpCashier("alipay", url=state["cashier_origin"], key=key)
    return payments.checkout(
        database,
        {"alipay": gateway},
        tenant_id="demo",
        payment_id=payment.payment_id,
        title="桶装水 2 桶",
        return_url=state["web_origin"],
    )


def test_a_customer_pays_and_is_refunded_without_anybody_pressing_a_button_of_ours(
    running: House, database: Database
) -> None:
    payment = asked(database)
    page = cashier_page(running, database, payment)
    choice = {"act": "pay", "notify": "in_time", "refunding": "after_a_while"}
    httpx2.post(page, data=choice, timeout=30, trust_env=False)

    def is_paid() -> bool:
        with database.transaction() as uow:
            found = payments.get(uow, tenant_id="demo", payment_id=payment.payment_id)
            return found.state is PaymentState.PAID

    until(is_paid, PATIENCE_S)
    with database.transaction() as uow:
        approved = ledger.Transfer(UNEARNED, chart.REFUND_PAYABLE, 3600)
        command = ledger.Command(
            key="approve:1", kind="refund", event_at=clock.now(), movement=approved, content=""
        )
        ledger.post(uow, tenant_id="demo", commands=[command])
        legs = [Leg(payment.payment_id, 3600)]
        payments.pay_out(uow, tenant_id="demo", subject="refund:1", legs=legs)

    def is_refunded() -> bool:
        with database.transaction() as uow:
            (leg,) = payments.payouts_of(uow, tenant_id="demo", subject="refund:1")
            return leg.state.is_paid

    until(is_refunded, PATIENCE_S)
    with database.transaction() as uow:
        assert not any(row.balance for row in ledger.trial(uow, tenant_id="demo"))


def test_the_doctor_says_that_payments_are_simulated(running: House) -> None:
    told = "\n".join(examine(DataFolder(running.folder)))

    assert "payments are simulated" in told
    assert "cashier: process" in told
