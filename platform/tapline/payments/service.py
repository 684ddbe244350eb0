from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline import clock, ledger
from tapline.errors import ConflictError, InvalidError
from tapline.events import PaymentPaid
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.payments import rules
from tapline.payments.breaks import service as breaks
from tapline.payments.breaks.rules import Difference
from tapline.payments.gateway import Trade, TradeStatus
from tapline.payments.model import Payment, PaymentState
from tapline.payments.providers import limits_of
from tapline.payments.repository import PaymentRepository
from tapline.payments.rules import Credit, Judgement, Verdict
from tapline.uow import UnitOfWork


def begin(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    provider: str,
    subject: str,
    amount_fen: int,
    credits: Sequence[Credit],  # noqa: A002 (the ledger's word)
    customer_id: UUID | None,
    expires_at: datetime,
) -> Payment:
    """Ask for money. While a payment of the subject is open, the same question is that payment.

    Raises:
        InvalidError: an unknown provider, or credits that do not make up the amount.
        ConflictError: the subject is paid, or is open with another amount, use or provider.
    """
    limits_of(provider)
    stored = rules.stored(credits, amount_fen)
    payments = PaymentRepository(uow, tenant_id)
    row = _row(tenant_id, provider, subject, amount_fen, customer_id)
    now = clock.now()
    waiting = {"state": PaymentState.CREATED, "expires_at": expires_at, "due_at": expires_at}
    payments.add_once(row | waiting | {"credits": stored, "created_at": now})
    payment = payments.open_of(subject)
    # Looked up after the insert, which waits for a rival who notes this moment that it is paid.
    if any(one.state is PaymentState.PAID for one in payments.of_subjects([subject])):
        raise ConflictError(f"{subject} is paid")
    if payment is None:  # it was paid or closed in this very moment
        raise ConflictError(f"the payment of {subject} has just ended: look again")
    if (payment.provider, payment.amount_fen, payment.credits) != (provider, amount_fen, stored):
        raise ConflictError(f"{subject} waits for another payment: pay that, or let it run out")
    return payment


def import_paid(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    provider: str,
    subject: str,
    amount_fen: int,
    paid_at: datetime,
    provider_trade_no: str,
    customer_id: UUID | None,
) -> Payment:
    """A payment brought along from an earlier system, so that money can go back where it came
    from. Posts nothing: it is in the opening balances. The same number again is the same payment.
    """
    limits_of(provider)
    payments = PaymentRepository(uow, tenant_id)
    paid = {
        "state": PaymentState.PAID,
        "credits": [],
        "provider_trade_no": provider_trade_no,
        "created_at": paid_at,
        "expires_at": paid_at,
        "due_at": paid_at,
        "paid_at": paid_at,
    }
    payments.add_once(_row(tenant_id, provider, subject, amount_fen, customer_id) | paid)
    payment = payments.by_provider_trade_no(provider, provider_trade_no)
    if payment is None or (payment.subject, payment.amount_fen) != (subject, amount_fen):
        raise ConflictError(f"{provider} {provider_trade_no} is another payment of ours")
    return payment


def get(uow: UnitOfWork, *, tenant_id: str, payment_id: UUID) -> Payment:
    """One payment; `NotFoundError` where the tenant has none such."""
    return PaymentRepository(uow, tenant_id).get(payment_id)


def of_subject(uow: UnitOfWork, *, tenant_id: str, subject: str) -> Sequence[Payment]:
    """Every payment of a subject, newest first: open, paid and closed ones."""
    return PaymentRepository(uow, tenant_id).of_subjects([subject])


def listed(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[Payment]:
    """A tenant's payments, newest first."""
    return PaymentRepository(uow, tenant_id).listed(limit)


def take_trade(
    uow: UnitOfWork, *, tenant_id: str, provider: str, trade: Trade
) -> tuple[UUID | None, Judgement]:
    """Take in what a provider says of an order: money posts, the end of an order closes.

    What does not fit is set aside with its reason. Says which payment it was about.
    """
    payment = PaymentRepository(uow, tenant_id).by_trade_no(provider, trade.out_trade_no)
    if payment is None:
        _note_break(uow, tenant_id, provider, None, trade)
        return None, rules.set_aside(f"no payment of ours is {trade.out_trade_no}")
    if trade.status is TradeStatus.CLOSED and payment.state is PaymentState.CREATED:
        payment.state, payment.closed_at = PaymentState.CLOSED, clock.now()
        return payment.payment_id, rules.APPLIED
    judgement = rules.judge_paid(
        amount_fen=payment.amount_fen, paid_as=payment.provider_trade_no, trade=trade
    )
    if judgement.verdict is Verdict.APPLIED:
        _arrived(uow, payment, trade)
    elif judgement.verdict is Verdict.SET_ASIDE:
        payment.error = judgement.reason
        _note_break(uow, tenant_id, provider, payment, trade)
    return payment.payment_id, judgement


def _note_break(
    uow: UnitOfWork, tenant_id: str, provider: str, payment: Payment | None, trade: Trade
) -> None:
    """Have finance look at money that the provider says he took, and that we cannot book."""
    number = trade.provider_trade_no
    if trade.status is not TradeStatus.PAID or number is None:
        return
    booked = PaymentRepository(uow, tenant_id).by_provider_trade_no(provider, number)
    if booked is not None and booked is not payment:
        return  # booked since, and on its way back
    kind, ours_fen = rules.misfit(payment, number)
    difference = Difference(
        kind=kind,
        number=number,
        ours_fen=ours_fen,
        theirs_fen=trade.amount_fen,
        payment_id=payment.payment_id if payment else None,
        happened_at=trade.paid_at,
    )
    breaks.note(uow, tenant_id=tenant_id, provider=provider, difference=difference)


def _arrived(uow: UnitOfWork, payment: Payment, trade: Trade) -> None:
    payment.state, payment.error = PaymentState.PAID, None
    payment.paid_at, payment.payer = trade.paid_at, trade.payer
    payment.provider_trade_no = trade.provider_trade_no
    assert trade.paid_at is not None
    commands = [
        ledger.Command(
            key=f"pay:{payment.payment_id}:{number}",
            kind="payment",
            event_at=trade.paid_at,
            movement=ledger.Transfer(
                chart.psp(payment.provider), credit.account, credit.amount_fen
            ),
            content={"payment": str(payment.payment_id), "amount_fen": credit.amount_fen},
            source={"subject": payment.subject, "payment_id": str(payment.payment_id)},
        )
        for number, credit in enumerate(rules.restored(payment.credits), start=1)
    ]
    ledger.post(uow, tenant_id=payment.tenant_id, commands=commands)
    uow.emit(
        PaymentPaid(
            tenant_id=payment.tenant_id, payment_id=payment.payment_id, subject=payment.subject
        )
    )


def _row(
    tenant_id: str, provider: str, subject: str, amount_fen: int, customer_id: UUID | None
) -> dict[str, object]:
    if amount_fen <= 0:
        raise InvalidError(f"a payment is above zero, not {amount_fen} fen")
    payment_id = new_id()
    return {
        "payment_id": payment_id,
        "tenant_id": tenant_id,
        "provider": provider,
        "subject": subject,
        "customer_id": customer_id,
        "out_trade_no": payment_id.hex,
        "amount_fen": amount_fen,
    }
