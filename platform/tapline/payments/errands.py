"""What providers are asked, outside any transaction, and what their answers lead to.

Every function opens its own transactions: one that claims what is due, then the call, then one
that records the answer. A process that dies in between leaves something that is asked about when
its attempt has run out.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

from tapline import audit, clock, tenants
from tapline.errors import ConflictError
from tapline.payments import rules, service
from tapline.payments.gateway import (
    GatewayRefusedError,
    Gateways,
    Order,
    PaymentGateway,
    RefundOrder,
    RefundReport,
    RefundStatus,
    Trade,
    TradeStatus,
)
from tapline.payments.model import Payment, PaymentState
from tapline.payments.payouts import service as payouts
from tapline.payments.payouts.model import Payout, PayoutState
from tapline.payments.payouts.repository import PayoutRepository
from tapline.payments.providers import limits_of
from tapline.payments.repository import PaymentRepository
from tapline.uow import Database

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def checkout(
    database: Database,
    gateways: Gateways,
    *,
    tenant_id: str,
    payment_id: UUID,
    title: str,
    return_url: str,
) -> str:
    """The address of the provider's page where the customer pays; asked again, the same page.

    `title` is what he reads there; `return_url` is where he comes back to.

    Raises:
        ConflictError: the payment waits for nobody any more, or its provider is not configured or
            does not answer.
    """
    with database.transaction() as uow:
        payment = PaymentRepository(uow, tenant_id).get(payment_id, lock=True)
        now = clock.now()
        if payment.state is not PaymentState.CREATED or rules.is_over(payment.expires_at, now):
            raise ConflictError("this payment has ended: look at what it was for")
        if payment.provider not in gateways:
            raise ConflictError(f"{payment.provider} cannot be reached from here: pay another way")
        payment.due_at = min(now + rules.FIRST_QUERY, payment.expires_at)
        merchant = tenants.get(uow, tenant_id=tenant_id).name
    order = Order(
        tenant_id=tenant_id,
        out_trade_no=payment.out_trade_no,
        amount_fen=payment.amount_fen,
        title=title,
        merchant=merchant,
        return_url=return_url,
        expires_at=payment.expires_at,
    )
    try:
        return gateways[payment.provider].pay(order)
    except Exception as error:
        log.warning("no cashier page: %s: %s", type(error).__name__, error)
        raise ConflictError(
            f"{payment.provider} does not answer: nothing was paid, try again in a minute"
        ) from error


def send_waiting(database: Database, gateways: Gateways, *, limit: int = 20) -> int:
    """Hand the payouts that are due to their providers; for how many of them there was an answer.

    A payout handed over twice is one refund: its number never changes.
    """
    answered = 0
    for payout, payment in _claimed_to_send(database, gateways, limit):
        gateway = gateways[payment.provider]
        try:
            report = _handed_over(gateway, payout, payment)
        except Exception as error:  # however a provider fails, nobody knows what he did
            with database.transaction() as uow:
                payouts.note_silence(
                    uow,
                    tenant_id=payout.tenant_id,
                    payout_id=payout.payout_id,
                    error=f"{type(error).__name__}: {error}",
                )
            continue
        _take_report(database, payout, payment.provider, report)
        answered += 1
    return answered


def query_pending(database: Database, gateways: Gateways, *, limit: int = 50) -> int:
    """Ask about payments and payouts that no notification has ended; how many were answered.

    A payment that nobody made in time is closed, after one last question.
    """
    asked = 0
    for payment in _claimed_payments(database, gateways, limit):
        asked += ask_payment(database, gateways[payment.provider], payment) is not None
    for payout, provider in _claimed_to_ask(database, gateways, limit):
        asked += ask_payout(database, gateways[provider], payout, provider) is not None
    return asked


def ask_payment(database: Database, gateway: PaymentGateway, payment: Payment) -> Trade | None:
    """Ask about a payment and take in the answer, which is None where there is none."""
    trade = _answer(partial(_last_word, gateway, payment))
    if trade is not None:
        with database.transaction() as uow:
            service.take_trade(
                uow, tenant_id=payment.tenant_id, provider=payment.provider, trade=trade
            )
    return trade


def ask_payout(
    database: Database, gateway: PaymentGateway, payout: Payout, provider: str
) -> RefundReport | None:
    """Ask about a payout and take in the answer, which is None where there is none."""
    report = _answer(partial(gateway.query_refund, out_refund_no=payout.out_refund_no))
    if report is not None:
        _take_report(database, payout, provider, report)
    return report


def _answer(ask: Callable[[], Answer]) -> Answer | None:
    """What was answered; None where there was no answer, and the question stays open."""
    try:
        return ask()
    except Exception as error:
        log.warning("a payment provider gave no answer: %s: %s", type(error).__name__, error)
        return None


def _take_report(database: Database, payout: Payout, provider: str, report: RefundReport) -> None:
    with database.transaction() as uow:
        payouts.take_report(uow, tenant_id=payout.tenant_id, provider=provider, report=report)


def _handed_over(gateway: PaymentGateway, payout: Payout, payment: Payment) -> RefundReport:
    """Ask for the refund. A refusal counts once the provider says that he has nothing of it:
    an earlier attempt may have reached him."""
    assert payment.provider_trade_no is not None
    order = RefundOrder(
        out_refund_no=payout.out_refund_no,
        provider_trade_no=payment.provider_trade_no,
        amount_fen=payout.amount_fen,
        total_fen=payment.amount_fen,
        reason=payout.subject,
    )
    try:
        return gateway.refund(order)
    except GatewayRefusedError as refusal:
        found = gateway.query_refund(out_refund_no=payout.out_refund_no)
        if found.status is not RefundStatus.NOT_FOUND:
            return found
        return RefundReport(
            out_refund_no=payout.out_refund_no,
            status=RefundStatus.ABNORMAL,
            amount_fen=payout.amount_fen,
            reason=str(refusal),
        )


def _last_word(gateway: PaymentGateway, payment: Payment) -> Trade:
    """What became of an order; one whose time is over is closed where it was not paid."""
    trade = gateway.query(out_trade_no=payment.out_trade_no)
    if not rules.is_over(payment.expires_at, clock.now()):
        return trade
    if trade.status is TradeStatus.UNPAID:
        gateway.close(out_trade_no=payment.out_trade_no)
    if trade.status in {TradeStatus.UNPAID, TradeStatus.NOT_FOUND}:
        return Trade(out_trade_no=payment.out_trade_no, status=TradeStatus.CLOSED)
    return trade


def _claimed_to_send(
    database: Database, gateways: Gateways, limit: int
) -> list[tuple[Payout, Payment]]:
    now, taken = clock.now(), []
    with database.transaction() as uow:
        for payout, payment in PayoutRepository.to_send(uow, gateways.keys(), now, limit):
            before = PayoutRepository(uow, payout.tenant_id).last_attempt(
                payment.payment_id, besides=payout.payout_id
            )
            earliest = before + limits_of(payment.provider).refund_pause if before else now
            if earliest > now:
                payout.due_at = earliest
                continue
            payout.attempts += 1
            payout.attempted_at, payout.due_at = now, now + rules.ATTEMPT
            payouts.move(uow, payout, PayoutState.SENT, actor=audit.SYSTEM, reason="")
            taken.append((payout, payment))
    return taken


def _claimed_to_ask(database: Database, gateways: Gateways, limit: int) -> list[tuple[Payout, str]]:
    now = clock.now()
    with database.transaction() as uow:
        due = PayoutRepository.to_ask(uow, gateways.keys(), now, limit)
        for payout, _ in due:
            payout.queries += 1
            payout.due_at = now + rules.pause(payout.queries)
    return due


def _claimed_payments(database: Database, gateways: Gateways, limit: int) -> list[Payment]:
    now = clock.now()
    with database.transaction() as uow:
        due = list(PaymentRepository.due(uow, gateways.keys(), now, limit))
        for payment in due:
            payment.queries += 1
            payment.due_at = rules.next_question(payment.expires_at, payment.queries, now)
    return due
