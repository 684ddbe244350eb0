"""What a provider would not pay, finance transfers: one person acts, another one confirms."""

from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.payments.payouts import service
from tapline.payments.payouts.model import Payout, PayoutState
from tapline.payments.payouts.repository import PayoutRepository
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork

_CONFIRMERS = {Role.FINANCE, Role.SUPERVISOR}


def pay_by_hand(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    payout_id: UUID,
    staff: Staff,
    payee: str,
    reference: str,
) -> Payout:
    """Record that a leg was transferred to `payee`'s account, under the bank's `reference`.

    Nothing posts before somebody else confirms it.

    Raises:
        NotFoundError: the tenant has no such payout.
        DeniedError: `staff` is not finance.
        InvalidError: payee or reference are missing.
        ConflictError: the leg is not one that its provider gave up.
    """
    if staff.role is not Role.FINANCE:
        raise DeniedError("finance transfers what a provider does not pay: ask finance")
    if not payee.strip() or not reference.strip():
        raise InvalidError("name the account's holder and the bank's reference of the transfer")
    payout = PayoutRepository(uow, tenant_id).get(payout_id, lock=True)
    if not payout.state.needs_hand:
        raise ConflictError(f"the payout is {payout.state.value}: do not transfer it")
    payout.hand_executor_id, payout.hand_recorded_at = staff.staff_id, clock.now()
    payout.hand_payee, payout.hand_reference = payee.strip(), reference.strip()
    service.move(uow, payout, PayoutState.BY_HAND, actor=staff.login, reason=reference)
    _record(uow, payout, staff, "payout.transfer", reference)
    return payout


def confirm_by_hand(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    payout_id: UUID,
    staff: Staff,
    confirm: bool,
    reason: str = "",
) -> Payout:
    """Say as the second person that the transfer was made, or that it was not.

    Confirmed, it posts. Refused, it is finance's turn again. Where the provider has paid
    meanwhile, a confirmed transfer is money to be claimed back, and rests in `paid_twice`.

    Raises:
        NotFoundError: the tenant has no such payout.
        DeniedError: `staff` is neither finance nor a supervisor, or made the transfer himself.
        InvalidError: a refusal without a reason.
        ConflictError: no transfer waits for confirmation.
    """
    payout = PayoutRepository(uow, tenant_id).get(payout_id, lock=True)
    _check_second_person(payout, staff)
    if not confirm and not reason.strip():
        raise InvalidError("say why the transfer is not confirmed")
    if payout.hand_recorded_at is None or payout.hand_confirmed_at is not None:
        raise ConflictError("no transfer of this payout waits for confirmation")
    if confirm:
        _confirm(uow, payout, staff)
    else:
        _refuse(uow, payout, staff, reason)
    _record(uow, payout, staff, f"payout.{'confirm' if confirm else 'refuse'}", reason)
    return payout


def _check_second_person(payout: Payout, staff: Staff) -> None:
    if staff.role not in _CONFIRMERS:
        raise DeniedError("finance or a supervisor confirms a transfer: ask one of them")
    if payout.hand_executor_id == staff.staff_id:
        raise DeniedError("whoever made the transfer does not confirm it: ask a colleague")


def _confirm(uow: UnitOfWork, payout: Payout, staff: Staff) -> None:
    now = clock.now()
    payout.hand_confirmer_id, payout.hand_confirmed_at = staff.staff_id, now
    conflict = payout.state is PayoutState.CONFLICT
    debit = chart.PAID_TWICE if conflict else chart.REFUND_PAYABLE
    key = f"payout:{payout.payout_id}:hand"
    service.post(uow, payout, key=key, debit=debit, credit=chart.BANK, at=now)
    after = PayoutState.CONFLICT if conflict else PayoutState.PAID_BY_HAND
    service.move(uow, payout, after, actor=staff.login, reason=payout.hand_reference or "")


def _refuse(uow: UnitOfWork, payout: Payout, staff: Staff, reason: str) -> None:
    payout.hand_executor_id = payout.hand_recorded_at = None
    payout.hand_payee = payout.hand_reference = None
    conflict = payout.state is PayoutState.CONFLICT
    after = PayoutState.SUCCEEDED if conflict else PayoutState.ABNORMAL
    service.move(uow, payout, after, actor=staff.login, reason=reason)


def _record(uow: UnitOfWork, payout: Payout, staff: Staff, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=payout.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"payout:{payout.payout_id}",
        reason=reason,
    )
