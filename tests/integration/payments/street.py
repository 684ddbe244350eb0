"""A cashier in a process of its own, and a house of ours that it reaches over HTTP."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx2
import uvicorn

from tapline import clock, ledger, payments
from tapline.ledger import chart
from tapline.payments import (
    Credit,
    Leg,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
)
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_ops.embedded.ports import LOOPBACK, answers, choose
from tapline_ops.providers.payments import HttpCashier
from tests.integration.ops.mqtt import until

DEPOSIT = ledger.Account("deposit:bucket:1", "C", bounded=True)
PATIENCE_S = 60


def press(page: str, **fields: str) -> httpx2.Response:
    """The customer presses a button."""
    return httpx2.post(page, data=fields, timeout=30, trust_env=False)


@dataclass
class Street:
    """The cashier as a process, and our pages: what all tests share."""

    database: Database
    folder: Path
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    port: int = field(default_factory=choose)
    web_port: int = field(default_factory=choose)
    cashier: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def gateway(self) -> HttpCashier:
        return HttpCashier("wechat", url=self.origin, key=self.key)

    @property
    def gateways(self) -> dict[str, HttpCashier]:
        return {"wechat": self.gateway}

    def open(self) -> None:
        """Start the cashier."""
        key_file = self.folder / "cashier.key"
        key_file.write_text(self.key.hex())
        notify = f"http://{LOOPBACK}:{self.web_port}/api/v1/payments/notices"
        command = [sys.executable, "-m", "tapline_ops", "cashier", "--port", str(self.port)]
        command += ["--state", str(self.folder / "state"), "--notify-url", notify]
        environment = os.environ | {"TAPLINE_CASHIER_KEY_FILE": str(key_file)}
        with (self.folder / "cashier.log").open("ab") as log:
            self.cashier = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        until(lambda: answers(self.port), PATIENCE_S)

    def kill(self) -> None:
        """End the cashier without a word."""
        if self.cashier is not None:
            self.cashier.send_signal(signal.SIGKILL)
            self.cashier.wait()

    def restart(self) -> None:
        """Kill it and open it again."""
        self.kill()
        self.open()


@dataclass
class House:
    """A merchant of his own in that street, and his customer."""

    street: Street
    tenant_id: str

    @property
    def database(self) -> Database:
        return self.street.database

    @property
    def gateways(self) -> dict[str, HttpCashier]:
        return self.street.gateways

    def asked(self, amount_fen: int = 5000) -> tuple[Payment, str]:
        """A customer stands before the cashier page: the payment and the page's address."""
        with self.database.transaction() as uow:
            payment = payments.begin(
                uow,
                tenant_id=self.tenant_id,
                provider="wechat",
                subject="order:1",
                amount_fen=amount_fen,
                credits=[Credit(DEPOSIT, amount_fen)],
                customer_id=None,
                expires_at=clock.now() + timedelta(minutes=30),
            )
        page = payments.checkout(
            self.database,
            self.gateways,
            tenant_id=self.tenant_id,
            payment_id=payment.payment_id,
            title="桶装水押金",
            return_url="https://water.example/portal/orders/1",
        )
        return payment, page

    def paid(self, notify: str = "in_time", refunding: str = "after_a_while") -> Payment:
        payment, page = self.asked()
        press(page, act="pay", notify=notify, refunding=refunding)
        until(lambda: self.state(payment) is PaymentState.PAID, PATIENCE_S)
        return payment

    def refunded(self, payment: Payment, amount_fen: int = 2000) -> Payout:
        """A refund was decided and handed to the cashier."""
        with self.database.transaction() as uow:
            approved = ledger.Transfer(DEPOSIT, chart.REFUND_PAYABLE, amount_fen)
            command = ledger.Command(
                key="approve:1", kind="refund", event_at=clock.now(), movement=approved, content=""
            )
            ledger.post(uow, tenant_id=self.tenant_id, commands=[command])
            legs = [Leg(payment.payment_id, amount_fen)]
            (payout,) = payments.pay_out(
                uow, tenant_id=self.tenant_id, subject="refund:1", legs=legs
            )
        payments.send_waiting(self.database, self.gateways)
        return payout

    def state(self, payment: Payment) -> PaymentState:
        with self.database.transaction() as uow:
            return payments.get(uow, tenant_id=self.tenant_id, payment_id=payment.payment_id).state

    def leg(self, payout: Payout) -> PayoutState:
        with self.database.transaction() as uow:
            return payments.payout(uow, tenant_id=self.tenant_id, payout_id=payout.payout_id).state

    def notices(self) -> list[str]:
        with self.database.transaction() as uow:
            return [one.verdict.value for one in payments.received(uow, tenant_id=self.tenant_id)]

    def balances(self) -> dict[str, int]:
        with self.database.transaction() as uow:
            rows = ledger.trial(uow, tenant_id=self.tenant_id)
        return {row.code: row.balance for row in rows if row.balance}


@contextmanager
def served(street: Street) -> Iterator[None]:
    """Our pages, for as long as the block lasts."""
    app = create_app(street.database, WebConfig(origin="http://testserver"), street.gateways)
    server = uvicorn.Server(
        uvicorn.Config(app, host=LOOPBACK, port=street.web_port, log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, PATIENCE_S)
        yield
    finally:
        server.should_exit = True
        thread.join()
