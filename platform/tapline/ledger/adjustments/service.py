"""Posting by hand. Every act has an actor and a reason, and is on the audit trail."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from tapline import audit, clock, policy
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.ledger.adjustments.model import Adjustment, AdjustmentState
from tapline.ledger.adjustments.repository import AdjustmentRepository
from tapline.ledger.adjustments.rules import (
    alone,
    require_amount,
    require_open,
    require_reversible,
    require_second,
    require_words,
)
from tapline.ledger.books.service import journal_of, named
from tapline.ledger.commands import Command
from tapline.ledger.movements import Movement, Transfer
from tapline.ledger.reversing import Reverse
from tapline.ledger.service import post
from tapline.uow import UnitOfWork


def adjustments(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    states: Collection[AdjustmentState] = tuple(AdjustmentState),
    limit: int = 100,
) -> Sequence[Adjustment]:
    """What people posted or propose, newest first."""
    return AdjustmentRepository(uow, tenant_id).listed(states, limit)


def adjustment(uow: UnitOfWork, *, tenant_id: str, adjustment_id: UUID) -> Adjustment:
    """One of them; `NotFoundError` where the tenant has none such."""
    return AdjustmentRepository(uow, tenant_id).get(adjustment_id)


def adjust(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    actor: str,
    debit: str,
    credit: str,
    amount: int,
    reason: str,
    evidence: str,
    unit: str = chart.FEN,
    about: str | None = None,
    adjustment_id: UUID | None = None,
) -> Adjustment:
    """Propose to move `amount` from account to account; posted at once up to the policy's limit.

    The codes name accounts that are open, or that the chart knows. `adjustment_id` is the asker's:
    the same again is the same adjustment.

    Raises:
        InvalidError: a code, the amount, or what was said is missing or wrong.
        InsufficientError: a bounded account lacks the amount.
        ConflictError: the id stands for another adjustment.
    """
    require_amount(amount)
    if debit == credit:
        raise InvalidError("money moves between two accounts, not from one to itself")
    for code in (debit, credit):
        named(uow, tenant_id=tenant_id, code=code, unit=unit)
    asked = {
        "debit_code": debit,
        "credit_code": credit,
        "unit": unit,
        "amount": amount,
        "about": about or None,
    }
    return _propose(
        uow,
        asked,
        tenant_id=tenant_id,
        actor=actor,
        adjustment_id=adjustment_id,
        reason=reason,
        evidence=evidence,
    )


def reverse(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    actor: str,
    key: str,
    reason: str,
    evidence: str,
    adjustment_id: UUID | None = None,
) -> Adjustment:
    """Propose to take back the journal under `key`, all of it, once.

    Raises:
        NotFoundError: there is no such journal.
        ConflictError: it was taken back, or is undone in another way.
        InsufficientError: what it brought is no longer there.
    """
    journal = journal_of(uow, tenant_id=tenant_id, key=key)
    if adjustment_id and (before := _known(uow, tenant_id, adjustment_id, {"reverses": key})):
        return before
    require_reversible(journal)
    movement = Reverse(journal.posted_lines)
    asked = {
        "reverses": key,
        "unit": movement.unit,
        "amount": movement.amount,
        "about": journal.subject,
    }
    return _propose(
        uow,
        asked,
        tenant_id=tenant_id,
        actor=actor,
        adjustment_id=adjustment_id,
        reason=reason,
        evidence=evidence,
    )


def approve(uow: UnitOfWork, *, tenant_id: str, adjustment_id: UUID, actor: str) -> Adjustment:
    """A second person lets it be posted.

    Raises `DeniedError` for the proposer, `ConflictError` when it was decided, `InsufficientError`
    when an account no longer has the amount: nothing is decided then.
    """
    found = AdjustmentRepository(uow, tenant_id).get(adjustment_id, lock=True)
    require_open(found)
    require_second(found, actor)
    _post(uow, found)
    return _decided(uow, found, AdjustmentState.POSTED, actor=actor)


def reject(
    uow: UnitOfWork, *, tenant_id: str, adjustment_id: UUID, actor: str, reason: str
) -> Adjustment:
    """A second person says no, and why. Raises like `approve`."""
    found = AdjustmentRepository(uow, tenant_id).get(adjustment_id, lock=True)
    require_open(found)
    require_second(found, actor)
    if not reason.strip():
        raise InvalidError("say why it is rejected")
    return _decided(uow, found, AdjustmentState.REJECTED, actor=actor, reason=reason)


def withdraw(uow: UnitOfWork, *, tenant_id: str, adjustment_id: UUID, actor: str) -> Adjustment:
    """The proposer takes it back. `ConflictError` when it was decided, or is another's."""
    found = AdjustmentRepository(uow, tenant_id).get(adjustment_id, lock=True)
    require_open(found)
    if actor != found.proposed_by:
        raise ConflictError("only whoever proposed an adjustment withdraws it: reject it instead")
    return _decided(uow, found, AdjustmentState.WITHDRAWN, actor=actor)


def _propose(
    uow: UnitOfWork,
    asked: Mapping[str, Any],
    *,
    tenant_id: str,
    actor: str,
    adjustment_id: UUID | None,
    reason: str,
    evidence: str,
) -> Adjustment:
    require_words(reason, evidence)
    if adjustment_id and (before := _known(uow, tenant_id, adjustment_id, asked)):
        return before
    rules = policy.current(uow, tenant_id=tenant_id)
    proposed = Adjustment(
        adjustment_id=adjustment_id or new_id(),
        tenant_id=tenant_id,
        state=AdjustmentState.PROPOSED,
        reason=reason.strip(),
        evidence=evidence.strip(),
        proposed_by=actor,
        proposed_at=clock.now(),
        policy_version=rules.version,
        **asked,
    )
    AdjustmentRepository(uow, tenant_id).add(proposed)
    _record(uow, proposed, actor, proposed.state, reason)
    # What could not be posted now is refused now, not before a second person.
    with uow.session.begin_nested() as attempt:
        _post(uow, proposed)
        if not alone(proposed.amount, proposed.unit, rules):
            attempt.rollback()
            return proposed
    return _decided(uow, proposed, AdjustmentState.POSTED, actor=actor)


def _known(
    uow: UnitOfWork, tenant_id: str, adjustment_id: UUID, asked: Mapping[str, Any]
) -> Adjustment | None:
    """What was sent under the id before: the same, or refused."""
    before = AdjustmentRepository(uow, tenant_id).find(adjustment_id)
    if before and any(getattr(before, name) != value for name, value in asked.items()):
        raise ConflictError("another adjustment was sent under this id: reload the form")
    return before


def _post(uow: UnitOfWork, adjustment: Adjustment) -> None:
    command = Command(
        key=adjustment.key,
        kind="reversal" if adjustment.reverses else "adjustment",
        event_at=clock.now(),
        movement=_movement(uow, adjustment),
        content={"adjustment_id": adjustment.adjustment_id},
        source={
            "subject": adjustment.about or f"adjustment:{adjustment.adjustment_id}",
            "adjustment_id": str(adjustment.adjustment_id),
        },
    )
    post(uow, tenant_id=adjustment.tenant_id, commands=[command])


def _movement(uow: UnitOfWork, adjustment: Adjustment) -> Movement:
    tenant_id, unit = adjustment.tenant_id, adjustment.unit
    if adjustment.reverses:
        return Reverse(journal_of(uow, tenant_id=tenant_id, key=adjustment.reverses).posted_lines)
    assert adjustment.debit_code is not None
    assert adjustment.credit_code is not None
    debit, credit = (
        named(uow, tenant_id=tenant_id, code=code, unit=unit)
        for code in (adjustment.debit_code, adjustment.credit_code)
    )
    return Transfer(debit, credit, adjustment.amount)


def _decided(
    uow: UnitOfWork,
    adjustment: Adjustment,
    state: AdjustmentState,
    *,
    actor: str,
    reason: str = "",
) -> Adjustment:
    adjustment.state = state
    adjustment.decided_by, adjustment.decided_at = actor, clock.now()
    adjustment.decision = reason.strip() or None
    _record(uow, adjustment, actor, state, reason or adjustment.reason)
    uow.session.flush()
    return adjustment


def _record(
    uow: UnitOfWork, adjustment: Adjustment, actor: str, did: AdjustmentState, reason: str
) -> None:
    audit.record(
        uow,
        tenant_id=adjustment.tenant_id,
        actor=actor,
        action=f"adjustment.{did.value}",
        subject=f"adjustment:{adjustment.adjustment_id}",
        reason=reason,
    )
