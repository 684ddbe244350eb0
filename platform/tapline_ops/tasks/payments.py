"""Money through payment providers: sent, and asked about."""

from functools import cache

from tapline import payments
from tapline.events import PayoutQueued
from tapline.payments import Gateways
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.providers.payments import gateways
from tapline_ops.worker import app, consumer, database


@cache
def _gateways() -> Gateways:
    return gateways(settings())


@consumer
def wake_payouts(_uow: UnitOfWork, event: PayoutQueued) -> None:
    """Wake the sender: the provider is called outside any transaction, this one included."""
    app.send_task("send_payouts")


def send_payouts() -> None:
    """Hand what waits to its provider."""
    payments.send_waiting(database(), _gateways())


def query_payments() -> None:
    """Ask about what no notification has ended."""
    payments.query_pending(database(), _gateways())


app.task(send_payouts, name=send_payouts.__name__)
app.task(query_payments, name=query_payments.__name__)
