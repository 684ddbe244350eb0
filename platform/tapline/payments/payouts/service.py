from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit, clock, ledger
from tapline.errors import ConflictError
from tapline.events import PayoutEnded, PayoutQueued
from tapline.ids import new_id
from tapline.ledger import Account, chart
from tapline.payments import rules as payment_rules
from tapline.payments.breaks import service as breaks
from tapline.payments.breaks.model import BreakKind
from tapline.payments.breaks.rules import Difference
from tapline.payments.gateway import RefundReport
from tapline.payments.model import PaymentState
from tapline.payments.payouts import rules
from tapline.payments.payouts.model import Payout, PayoutState, PayoutStep
from tapline.payments.payouts.repository import PayoutRepository
from tapline.payments.payouts.rules import Leg, Obstacle, Refundable, Used
from tapline.payments.repository import PaymentRepository
from tapline.payments.rules import Judgement
from tapline.uow import UnitOfWork


def refundable(
    uow: UnitOfWork, *, tenant_id: str, subjects: Sequence[str], customer_id: UUID | None = None
) -> Sequence[Refundable]:
    """The paid payments of the subjects of which something is left, the newest payment first.

    Where `customer_id` says who gets it, nobody else's payments: a card may have changed hands.
    """
    found = PaymentRepository(uow, tenant_id).of_subjects(subjects)
    paid = [
        payment
        for payment in found
        if payment.state is PaymentState.PAID
        and (customer_id is None or payment.customer_id in {None, customer_id})
    ]
    used = PayoutRepository(uow, tenant_id).used([payment.payment_id for payment in paid])
    now, left = clock.now(), []
    for payment in sorted(paid, key=lambda one: one.paid_at or now, reverse=True):
        so_far = used.get(payment.payment_id, Used())
        remaining_fen = payment.amount_fen - so_far.amount_fen
        if remaining_fen > 0:
            left.append(Refundable(payment, remaining_fen, rules.obstacle(payment, so_far, now)))
    return left


def pay_out(
    uow: UnitOfWork, *, tenant_id: str, subject: str, legs: Sequence[Leg]
) -> Sequence[Payout]:
    """Let money go back, leg by leg; `refund_payable` must hold it already.

    `legs` are all that were ever decided for the subject: asked again, those that exist are
    answered, and what follows them is added. A leg whose provider cannot take it is born
    `abnormal`, for finance to pay by hand.

    Raises:
        InvalidError: a leg of nothing.
        ConflictError: an existing leg was decided otherwise, or a payment would be exceeded.
    """
    payouts = PayoutRepository(uow, tenant_id)
    payouts.be_alone(subject)
    existing = payouts.of_subject(subject)
    decided = [Leg(payout.payment_id, payout.amount_fen) for payout in existing]
    if decided != list(legs[: len(decided)]):
        raise ConflictError(f"{subject} was decided otherwise: name its {len(decided)} legs first")
    added = legs[len(decided) :]
    payment_ids = {leg.payment_id for leg in added if leg.payment_id is not None}
    payments = PaymentRepository(uow, tenant_id).locked(payment_ids)
    used = payouts.used(payment_ids)
    rules.check(added, payments, used)
    now = clock.now()
    for number, leg in enumerate(added, start=len(decided) + 1):
        payment = payments[leg.payment_id] if leg.payment_id else None
        so_far = used.get(payment.payment_id, Used()) if payment else Used()
        created = _created(tenant_id, subject, number, leg)
        payouts.add(created)
        _start(uow, created, rules.obstacle(payment, so_far, now))
        if payment:
            used[payment.payment_id] = Used(so_far.legs + 1, so_far.amount_fen + leg.amount_fen)
    return payouts.of_subject(subject)


def payouts_of(uow: UnitOfWork, *, tenant_id: str, subject: str) -> Sequence[Payout]:
    """The legs of a subject, in order."""
    return PayoutRepository(uow, tenant_id).of_subject(subject)


def payout(uow: UnitOfWork, *, tenant_id: str, payout_id: UUID) -> Payout:
    """One leg; `NotFoundError` where the tenant has none such."""
    return PayoutRepository(uow, tenant_id).get(payout_id)


def payout_steps(uow: UnitOfWork, *, tenant_id: str, payout_id: UUID) -> Sequence[PayoutStep]:
    """What happened to a leg, oldest first; `NotFoundError` where the tenant has none such."""
    payouts = PayoutRepository(uow, tenant_id)
    return payouts.steps(payouts.get(payout_id).payout_id)


def in_states(
    uow: UnitOfWork, *, tenant_id: str, states: Sequence[PayoutState], limit: int = 100
) -> Sequence[Payout]:
    """Legs in these states, oldest first: what waits for finance, say."""
    return PayoutRepository(uow, tenant_id).in_states(states, limit)


def take_report(
    uow: UnitOfWork, *, tenant_id: str, provider: str, report: RefundReport
) -> tuple[UUID | None, Judgement]:
    """Take in what a provider says of a refund: success posts, failure is finance's turn.

    What does not fit is set aside with its reason. Says which payout it was about.
    """
    payouts = PayoutRepository(uow, tenant_id)
    found = payouts.by_refund_no(provider, report.out_refund_no)
    if found is None:
        return None, payment_rules.set_aside(f"no refund of ours is {report.out_refund_no}")
    wrong = rules.misfit(report, found.amount_fen)
    if wrong is not None:
        found.error = wrong
        _note_break(uow, found, provider, report)
        return found.payout_id, payment_rules.set_aside(wrong)
    after = rules.next_state(found.state, report.status)
    if after is found.state:
        return found.payout_id, payment_rules.REPEATED
    found.provider_refund_no = report.provider_refund_no or found.provider_refund_no
    found.error = report.reason or None
    _follow(uow, found, after, provider, report)
    return found.payout_id, payment_rules.APPLIED


def note_silence(uow: UnitOfWork, *, tenant_id: str, payout_id: UUID, error: str) -> None:
    """A call gave no answer: whether the provider has it, only he can say."""
    payouts = PayoutRepository(uow, tenant_id)
    found = payouts.get(payout_id, lock=True)
    if found.state is PayoutState.SENT:
        found.error = error
        found.due_at = clock.now() + payment_rules.pause(found.attempts - 1)
        move(uow, found, PayoutState.UNKNOWN, actor=audit.SYSTEM, reason=error)


def move(uow: UnitOfWork, payout: Payout, state: PayoutState, *, actor: str, reason: str) -> None:
    """Put a locked leg into `state`, with a line in its history, and tell whoever waits for it."""
    now = clock.now()
    payout.state = state
    PayoutRepository(uow, payout.tenant_id).add(
        PayoutStep(payout_id=payout.payout_id, state=state, actor=actor, reason=reason, at=now)
    )
    if state.is_paid or state.needs_hand:
        payout.ended_at = now
        uow.emit(
            PayoutEnded(
                tenant_id=payout.tenant_id, payout_id=payout.payout_id, subject=payout.subject
            )
        )


def post(
    uow: UnitOfWork, payout: Payout, *, key: str, debit: Account, credit: Account, at: datetime
) -> None:
    """Book that a leg's money left `credit` for what `debit` owed; once per `key`."""
    command = ledger.Command(
        key=key,
        kind="payout",
        event_at=at,
        movement=ledger.Transfer(debit, credit, payout.amount_fen),
        content={"payout": str(payout.payout_id), "amount_fen": payout.amount_fen},
        source={"subject": payout.subject, "payout_id": str(payout.payout_id)},
    )
    ledger.post(uow, tenant_id=payout.tenant_id, commands=[command])


def _note_break(uow: UnitOfWork, payout: Payout, provider: str, report: RefundReport) -> None:
    """Have finance look at a leg of which the provider says another amount."""
    booked = payout.state in {PayoutState.SUCCEEDED, PayoutState.CONFLICT}
    difference = Difference(
        kind=BreakKind.AMOUNT,
        number=payout.out_refund_no,
        ours_fen=payout.amount_fen if booked else 0,
        theirs_fen=report.amount_fen,
        payout_id=payout.payout_id,
        happened_at=report.at,
    )
    breaks.note(uow, tenant_id=payout.tenant_id, provider=provider, difference=difference)


def _created(tenant_id: str, subject: str, number: int, leg: Leg) -> Payout:
    payout_id, now = new_id(), clock.now()
    return Payout(
        payout_id=payout_id,
        tenant_id=tenant_id,
        subject=subject,
        leg=number,
        payment_id=leg.payment_id,
        out_refund_no=f"R{payout_id.hex}",
        amount_fen=leg.amount_fen,
        state=PayoutState.CREATED,
        attempts=0,
        queries=0,
        created_at=now,
        due_at=now,
    )


def _start(uow: UnitOfWork, payout: Payout, obstacle: Obstacle | None) -> None:
    if obstacle is None:
        move(uow, payout, PayoutState.CREATED, actor=audit.SYSTEM, reason="")
        uow.emit(PayoutQueued(tenant_id=payout.tenant_id, payout_id=payout.payout_id))
        return
    payout.error = obstacle.value
    move(uow, payout, PayoutState.ABNORMAL, actor=audit.SYSTEM, reason=obstacle.value)


def _follow(
    uow: UnitOfWork, payout: Payout, state: PayoutState, provider: str, report: RefundReport
) -> None:
    """Enter the state that an answer leads to; money that moved is booked where it was."""
    now = clock.now()
    never_arrived = state is PayoutState.CREATED
    payout.due_at = now if never_arrived else now + payment_rules.pause(payout.queries)
    if state.is_paid:
        twice = state is PayoutState.CONFLICT and payout.hand_confirmed_at is not None
        debit = chart.PAID_TWICE if twice else chart.REFUND_PAYABLE
        psp = chart.psp(provider)
        key = f"payout:{payout.payout_id}"
        post(uow, payout, key=key, debit=debit, credit=psp, at=report.at or now)
    if state is PayoutState.CONFLICT:
        audit.record(
            uow,
            tenant_id=payout.tenant_id,
            actor=audit.SYSTEM,
            action="payout.conflict",
            subject=f"payout:{payout.payout_id}",
            reason=f"paid by hand ({payout.hand_reference}) and by {provider} after all",
        )
    move(uow, payout, state, actor=provider, reason=report.reason)
