"""What providers are asked for because of bills, outside any transaction.

Every function opens its own transactions, as the errands of payments do: a process that dies in
between leaves something that is asked for again.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from tapline import clock, tenants
from tapline.money import yuan_text
from tapline.payments import errands
from tapline.payments import rules as payment_rules
from tapline.payments.bills import service
from tapline.payments.bills.model import ProviderBill
from tapline.payments.bills.repository import BillRepository
from tapline.payments.breaks.model import ProviderBreak
from tapline.payments.breaks.repository import BreakRepository
from tapline.payments.gateway import BillFile, BillNotReadyError, Gateways
from tapline.payments.payouts.repository import PayoutRepository
from tapline.payments.repository import PaymentRepository
from tapline.uow import Database

log = logging.getLogger(__name__)

_NOT_READY = timedelta(minutes=10)
_ATTEMPT = timedelta(minutes=5)
"""How long a download is trusted to be under way."""


def fetch_due(database: Database, gateways: Gateways, *, limit: int = 20) -> int:
    """Fetch the bills that are due, and hold each against our books; how many came."""
    with database.transaction() as uow:
        for tenant_id in tenants.ids(uow):
            service.plan(uow, tenant_id=tenant_id, providers=gateways.keys())
    came = 0
    for bill in _claimed(database, gateways, limit):
        try:
            file = gateways[bill.provider].bill(tenant_id=bill.tenant_id, day=bill.day)
            _check(file)
            with database.transaction() as uow:
                service.take_file(
                    uow, tenant_id=bill.tenant_id, bill_id=bill.bill_id, content=file.content
                )
        except BillNotReadyError:
            _put_off(database, bill, "not ready", clock.now() + _NOT_READY)
        except Exception as error:  # however a provider fails, the bill is still to come
            log.warning("no bill of %s: %s: %s", bill.provider, type(error).__name__, error)
            again = clock.now() + payment_rules.pause(bill.attempts)
            _put_off(database, bill, f"{type(error).__name__}: {error}"[:300], again)
        else:
            came += 1
    return came


def ask_open(database: Database, gateways: Gateways, *, limit: int = 50) -> int:
    """Ask about breaks that the provider's own word may mend; how many were answered.

    What he says is taken in as any answer of his: a payment that nobody told us of posts.
    """
    answered = 0
    for broken in _claimed_breaks(database, gateways, limit):
        answer = _asked(database, gateways, broken)
        with database.transaction() as uow:
            found = BreakRepository(uow, broken.tenant_id).get(broken.break_id, lock=True)
            if answer is not None:
                found.answer, found.asked_at = answer, clock.now()
                found.ask_at = None
                answered += 1
            if found.ended_at is None and found.bill_id is not None:
                bill_id, tenant_id = found.bill_id, found.tenant_id
                uow.session.flush()
                service.match(uow, tenant_id=tenant_id, bill_id=bill_id)
    return answered


def _asked(database: Database, gateways: Gateways, broken: ProviderBreak) -> str | None:
    """Ask about the payment or payout of a break; what was said in short, None for no answer."""
    gateway, tenant_id = gateways[broken.provider], broken.tenant_id
    if broken.payout_id is not None:
        with database.transaction() as uow:
            payout = PayoutRepository(uow, tenant_id).get(broken.payout_id)
        report = errands.ask_payout(database, gateway, payout, broken.provider)
        return f"{report.status.value} {yuan_text(report.amount_fen)}" if report else None
    if broken.payment_id is not None:
        with database.transaction() as uow:
            payment = PaymentRepository(uow, tenant_id).get(broken.payment_id)
        trade = errands.ask_payment(database, gateway, payment)
        return f"{trade.status.value} {yuan_text(trade.amount_fen)}" if trade else None
    return ""


def _check(file: BillFile) -> None:
    # SHA-1 is what providers give: against a damaged download, not against forgery.
    if hashlib.sha1(file.content, usedforsecurity=False).hexdigest() != file.sha1.lower():
        raise ValueError("what came is not what its SHA-1 says: it was damaged on the way")


def _put_off(database: Database, bill: ProviderBill, error: str, until: datetime) -> None:
    with database.transaction() as uow:
        found = BillRepository(uow, bill.tenant_id).get(bill.bill_id, lock=True)
        found.error, found.due_at = error, until


def _claimed(database: Database, gateways: Gateways, limit: int) -> list[ProviderBill]:
    now = clock.now()
    with database.transaction() as uow:
        due = list(BillRepository.due(uow, gateways.keys(), now, limit))
        for bill in due:
            bill.attempts += 1
            bill.due_at = now + _ATTEMPT
    return due


def _claimed_breaks(database: Database, gateways: Gateways, limit: int) -> list[ProviderBreak]:
    now = clock.now()
    with database.transaction() as uow:
        due = list(BreakRepository.to_ask(uow, gateways.keys(), now, limit))
        for broken in due:
            broken.ask_at = now + _ATTEMPT
    return due
