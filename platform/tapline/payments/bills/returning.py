"""Money that a provider took and nobody asked for goes back: one person proposes, another does."""

from uuid import UUID

from tapline import clock, ledger
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.payments import rules
from tapline.payments.bills.telling import tell_returned
from tapline.payments.breaks import service as breaks
from tapline.payments.breaks.model import BreakEnd, ProviderBreak
from tapline.payments.model import Payment, PaymentState
from tapline.payments.payouts import service as payouts
from tapline.payments.payouts.rules import Leg
from tapline.payments.repository import PaymentRepository
from tapline.payments.rules import Credit
from tapline.people import Staff
from tapline.uow import UnitOfWork


def propose_return(
    uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff, reason: str
) -> ProviderBreak:
    """Propose that money paid twice, or for nothing, goes back the way it came.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended.
        DeniedError: `staff` is neither finance nor a supervisor.
        InvalidError: no reason, or there is nothing to return.
    """
    _check_role(staff)
    if not reason.strip():
        raise InvalidError("say why it goes back: an auditor will ask")
    broken = breaks.open_one(uow, tenant_id, break_id)
    if not broken.is_unbooked_payment:
        raise InvalidError("only what somebody paid and our books do not have can be returned")
    broken.proposed_by, broken.reason = staff.login, reason.strip()
    broken.owner_id = staff.staff_id
    breaks.record(uow, broken, staff, "provider_break.propose", reason.strip())
    return broken


def confirm_return(
    uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff
) -> ProviderBreak:
    """Do what a colleague proposed: the money is booked as owed, and handed to the provider.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended, or nothing is proposed.
        DeniedError: `staff` is neither finance nor a supervisor, or proposed it himself.
    """
    broken = _proposed(uow, tenant_id, break_id)
    _check_role(staff)
    if broken.proposed_by == staff.login:
        raise DeniedError("a colleague has to confirm it: nobody confirms his own proposal")
    if not broken.is_unbooked_payment:
        raise ConflictError("the money is booked meanwhile: look at the break again")
    payment = _booked(uow, broken)
    payouts.pay_out(
        uow,
        tenant_id=tenant_id,
        subject=payment.subject,
        legs=[Leg(payment.payment_id, payment.amount_fen)],
    )
    breaks.end(broken, BreakEnd.RETURNED, by=staff.login)
    breaks.record(uow, broken, staff, "provider_break.confirm", broken.reason)
    tell_returned(uow, broken)
    return broken


def refuse_return(
    uow: UnitOfWork, *, tenant_id: str, break_id: UUID, staff: Staff, reason: str
) -> ProviderBreak:
    """Take a proposal back, or send a colleague's back; the break stays open.

    Raises:
        NotFoundError: the tenant has no such break.
        ConflictError: it has ended, or nothing is proposed.
        DeniedError: `staff` is neither finance nor a supervisor.
        InvalidError: no reason.
    """
    broken = _proposed(uow, tenant_id, break_id)
    _check_role(staff)
    if not reason.strip():
        raise InvalidError("say why not: whoever proposed it will ask")
    broken.proposed_by, broken.reason = None, ""
    breaks.record(uow, broken, staff, "provider_break.refuse", reason.strip())
    return broken


def _proposed(uow: UnitOfWork, tenant_id: str, break_id: UUID) -> ProviderBreak:
    broken = breaks.open_one(uow, tenant_id, break_id)
    if broken.proposed_by is None:
        raise ConflictError("nothing is proposed any more: look at the break again")
    return broken


def _check_role(staff: Staff) -> None:
    if staff.role not in breaks.SETTLERS:
        raise DeniedError("finance or a supervisor returns money: ask one of them")


def _booked(uow: UnitOfWork, broken: ProviderBreak) -> Payment:
    """The money as a payment of its own, owed to who paid it. It answers to its own number at the
    provider, and to no order of ours."""
    now, payment_id = clock.now(), new_id()
    credit = Credit(chart.REFUND_PAYABLE, broken.theirs_fen)
    payments = PaymentRepository(uow, broken.tenant_id)
    added = payments.add_once(
        {
            "payment_id": payment_id,
            "tenant_id": broken.tenant_id,
            "provider": broken.provider,
            "subject": f"provider_break:{broken.break_id}",
            "customer_id": None,
            "out_trade_no": payment_id.hex,
            "amount_fen": broken.theirs_fen,
            "credits": rules.stored([credit], broken.theirs_fen),
            "state": PaymentState.PAID,
            "provider_trade_no": broken.number,
            "created_at": now,
            "expires_at": now,
            "due_at": now,
            "paid_at": broken.happened_at or now,
        }
    )
    if not added:
        raise ConflictError(f"{broken.provider} {broken.number} is booked: look at the payments")
    command = ledger.Command(
        key=f"pay:{payment_id}:1",
        kind="payment",
        event_at=broken.happened_at or now,
        movement=ledger.Transfer(
            chart.psp(broken.provider), chart.REFUND_PAYABLE, broken.theirs_fen
        ),
        content={"payment": str(payment_id), "amount_fen": broken.theirs_fen},
        source={
            "subject": f"provider_break:{broken.break_id}",
            "payment_id": str(payment_id),
        },
    )
    ledger.post(uow, tenant_id=broken.tenant_id, commands=[command])
    return payments.get(payment_id)
