"""Bank transfers of enterprises: recorded by one of finance, large ones confirmed by another."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tapline import clock, ledger, policy
from tapline.cards.enterprises.model import Deposit, DepositState, Enterprise
from tapline.cards.enterprises.repository import EnterpriseRepository
from tapline.cards.enterprises.service import mind_level, record
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.uow import UnitOfWork

_FEN_MAX = 10**10
"""A hundred million yuan: above it somebody has mistaken the unit."""


def record_deposit(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    enterprise_id: UUID,
    amount_fen: int,
    bank_reference: str,
    received_on: date,
    actor: str,
) -> Deposit:
    """A transfer is on our bank account. The same reference again is the same transfer.

    Raises:
        NotFoundError: the tenant has no such enterprise.
        InvalidError: no amount that can be, no reference, or a day to come.
        ConflictError: the reference is that of another transfer.
    """
    reference = bank_reference.strip()
    if not 0 < amount_fen < _FEN_MAX:
        raise InvalidError(f"a transfer is 1 to {_FEN_MAX - 1} fen, not {amount_fen}")
    if not reference:
        raise InvalidError("give the bank's number of the transfer")
    if received_on > clock.business_date(clock.now()):
        raise InvalidError("a transfer is recorded once it has arrived")
    enterprises = EnterpriseRepository(uow, tenant_id)
    enterprise = enterprises.get(enterprise_id, lock=True)
    if (known := enterprises.by_reference(reference)) is not None:
        if (known.enterprise_id, known.amount_fen) != (enterprise_id, amount_fen):
            raise ConflictError(f"transfer {reference} is recorded for something else: look there")
        return known
    deposit = Deposit(
        deposit_id=new_id(),
        tenant_id=tenant_id,
        enterprise_id=enterprise_id,
        amount_fen=amount_fen,
        bank_reference=reference,
        received_on=received_on,
        state=DepositState.PROPOSED,
        recorded_by=actor,
        recorded_at=clock.now(),
        reason="",
    )
    enterprises.add(deposit)
    record(uow, enterprise, "enterprise.deposit", actor, f"{reference}: {amount_fen} fen")
    in_force = policy.current(uow, tenant_id=tenant_id)
    if amount_fen < in_force.enterprise_second_person_fen:
        _post(uow, enterprise, deposit)
    return deposit


def decide_deposit(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    deposit_id: UUID,
    confirm: bool,
    actor: str,
    reason: str = "",
) -> Deposit:
    """A second person looked at the bank's statement: it is there, or it is not.

    Raises:
        DeniedError: whoever recorded it.
        ConflictError: it is decided otherwise.
        InvalidError: a refusal without a reason.
    """
    enterprises = EnterpriseRepository(uow, tenant_id)
    deposit = enterprises.deposit(deposit_id)
    enterprise = enterprises.get(deposit.enterprise_id, lock=True)
    wanted = DepositState.POSTED if confirm else DepositState.REFUSED
    if deposit.state is wanted:
        return deposit
    if deposit.recorded_by == actor:
        raise DeniedError("whoever recorded a transfer does not confirm it: ask a colleague")
    if deposit.state is not DepositState.PROPOSED:
        raise ConflictError(f"this transfer is {deposit.state.value}")
    if not confirm and not reason.strip():
        raise InvalidError("say why the transfer is refused")
    deposit.decided_by, deposit.decided_at, deposit.reason = actor, clock.now(), reason.strip()
    if confirm:
        _post(uow, enterprise, deposit)
    else:
        deposit.state = DepositState.REFUSED
    what = "enterprise.confirm" if confirm else "enterprise.refuse"
    record(uow, enterprise, what, actor, f"{deposit.bank_reference} {reason}")
    return deposit


def deposits(uow: UnitOfWork, *, tenant_id: str, enterprise_id: UUID) -> Sequence[Deposit]:
    """An enterprise's transfers, newest first."""
    return EnterpriseRepository(uow, tenant_id).deposits(enterprise_id)


def _post(uow: UnitOfWork, enterprise: Enterprise, deposit: Deposit) -> None:
    deposit.state = DepositState.POSTED
    account = chart.enterprise(enterprise.enterprise_id)
    command = ledger.Command(
        key=f"deposit:{deposit.deposit_id}",
        kind="enterprise_deposit",
        event_at=clock.now(),
        movement=ledger.Transfer(chart.BANK, account, deposit.amount_fen),
        content={"deposit": str(deposit.deposit_id), "fen": deposit.amount_fen},
        source={"subject": enterprise.subject, "reference": deposit.bank_reference},
    )
    ledger.post(uow, tenant_id=enterprise.tenant_id, commands=[command])
    mind_level(uow, enterprise)
