from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, policy, reconciliation
from tapline.errors import ConflictError
from tapline.ids import new_id
from tapline.people import Staff
from tapline.reconciliation import CorrectionTarget, FactKey, Resolution, breakers
from tapline.reconciliation.breakers import Breaker
from tapline.refunds.claims import rules as claim_rules
from tapline.refunds.model import Refund, RefundKind, RefundState
from tapline.refunds.pours import rules
from tapline.refunds.pours.rules import NOTHING, Asked, Doubts, Obstacle, Others, Standing
from tapline.refunds.pours.settlement import Settlement, account_for
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def settle_pour(uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int) -> None:
    """Give back for a pour what its correction target names, or have a person decide.

    Compares the target with what was posted and posts the change alone, so it may be called in
    any order and any number of times. What a machine gave is marked `auto` on the findings, in
    the same transaction; what waits for a person or was decided by one, `ticket`.
    """
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    target = reconciliation.target_of(uow, tenant_id=tenant_id, device_id=device_id, seq=seq)
    if target is None:
        return
    refund = refunds.of_pour(device_id, seq)
    if refund is None:
        if target.target_fen == 0:
            return
        refund = _opened(refunds, target)
    settlement = Settlement(uow, refund, audit.SYSTEM)
    in_force = policy.current(uow, tenant_id=tenant_id)
    settlement.move_to(target.card_no, policy_version=in_force.version)
    settlement.borne_by(account_for(target.code))
    _follow(uow, settlement, target, refunds)
    reconciliation.resolve(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        seq=seq,
        resolution=_resolution(settlement.standing, target.target_fen),
    )


def waiting(uow: UnitOfWork, *, tenant_id: str, breaker: Breaker) -> Sequence[Refund]:
    """What a breaker keeps from being given back, oldest first."""
    held = {
        FactKey(one.device_id, one.seq): one
        for one in RefundRepository(uow, tenant_id).held(Obstacle.BREAKER.value)
        if one.device_id is not None and one.seq is not None
    }
    its = breakers.concerned(uow, breaker=breaker, pours=held)
    return [one for pour, one in held.items() if pour in its]


def release_held(uow: UnitOfWork, *, tenant_id: str, breaker_id: UUID) -> int:
    """After a breaker was reset: decide what waited for it, oldest first, within the limits.

    What another breaker holds goes on waiting. Called again it changes nothing. How many there
    were.
    """
    breaker = breakers.get(uow, tenant_id=tenant_id, breaker_id=breaker_id)
    RefundRepository(uow, tenant_id).be_alone()
    held = waiting(uow, tenant_id=tenant_id, breaker=breaker)
    for refund in held:
        assert refund.device_id is not None
        assert refund.seq is not None
        settle_pour(uow, tenant_id=tenant_id, device_id=refund.device_id, seq=refund.seq)
    return len(held)


def decide(
    uow: UnitOfWork,
    *,
    refund: Refund,
    approve: bool,
    amount_fen: int,
    staff: Staff,
    reason: str,
) -> None:
    """Approve or reject the locked refund of a pour, which is in review.

    Raises:
        DeniedError: somebody else has to decide.
        ConflictError: it is not in review any more, or its amount has changed meanwhile.
    """
    in_force = policy.current(uow, tenant_id=refund.tenant_id)
    tier = claim_rules.tier(in_force, refund.amount_fen)
    claim_rules.check_decider(staff.role, tier, is_requester=False)
    _check_reviewable(uow, refund, amount_fen)
    standing = Standing(
        RefundState.SETTLED if approve else RefundState.REJECTED,
        amount_fen,
        amount_fen if approve else refund.posted_fen,
        automatic=False,
    )
    settlement = Settlement(uow, refund, staff.name)
    settlement.apply(standing, reason=reason, policy_version=in_force.version)


def of_pour(uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int) -> Refund | None:
    """The refund of a pour, if there is one."""
    return RefundRepository(uow, tenant_id).of_pour(device_id, seq)


def _opened(refunds: RefundRepository, target: CorrectionTarget) -> Refund:
    """A refund of a pour, with nothing decided yet."""
    now = clock.now()
    refund = Refund(
        refund_id=new_id(),
        tenant_id=target.tenant_id,
        kind=RefundKind.TXN_REVERSAL,
        device_id=target.device_id,
        seq=target.seq,
        card_no=target.card_no,
        amount_fen=NOTHING.amount_fen,
        posted_fen=NOTHING.posted_fen,
        state=NOTHING.state,
        automatic=NOTHING.automatic,
        reason=target.code,
        policy_version=0,
        revision=0,
        created_at=now,
        updated_at=now,
    )
    refunds.add(refund)
    return refund


def _others(refunds: RefundRepository, target: CorrectionTarget) -> Others:
    """What machines gave back for other pours: of the same card, of the same device, of all."""
    now, pour = clock.now(), (target.device_id, target.seq)
    today = rules.day_start(now)
    return Others(
        card_count=refunds.automatic_count(target.card_no, now - rules.CARD_WINDOW, besides=pour),
        device_fen=refunds.automatic_fen(today, device_id=target.device_id, besides=pour),
        day_fen=refunds.automatic_fen(today, besides=pour),
    )


def _doubts(uow: UnitOfWork, target: CorrectionTarget) -> Doubts:
    """What speaks against the machine; its firmware's breaker trips here, if it has to."""
    tenant_id, device_id = target.tenant_id, target.device_id
    pour = FactKey(device_id, target.seq)
    return Doubts(
        breaker=breakers.watch(uow, tenant_id=tenant_id, pour=pour) is not None,
        drift=reconciliation.drifts(uow, tenant_id=tenant_id, device_id=device_id),
    )


def _follow(
    uow: UnitOfWork, settlement: Settlement, target: CorrectionTarget, refunds: RefundRepository
) -> None:
    """Bring a refund to what its target asks for, where that is a change."""
    in_force = policy.current(uow, tenant_id=target.tenant_id)
    before = settlement.standing
    asked = rules.unasked(before) if settlement.waits_for(Obstacle.BREAKER) else before
    forbidden = None
    if target.target_fen > asked.posted_fen:
        forbidden = rules.obstacle(
            in_force,
            Asked(target.assurance, target.code, target.target_fen),
            _others(refunds, target),
            _doubts(uow, target),
        )
    step = rules.next_step(asked, target.target_fen, forbidden)
    if step.obstacle is Obstacle.BREAKER:
        if step.standing != before:
            # No case of its own: the breaker has one for all that waits.
            settlement.apply(
                step.standing, reason=step.obstacle.value, policy_version=in_force.version
            )
    elif step.obstacle is not None:
        settlement.hold(step.standing, step.obstacle, policy_version=in_force.version)
    elif step.standing != before:
        settlement.apply(step.standing, reason=target.code, policy_version=in_force.version)


def _resolution(standing: Standing, target_fen: int) -> Resolution:
    if target_fen == 0:
        return Resolution.NONE
    return Resolution.AUTO if standing.automatic else Resolution.TICKET


def _check_reviewable(uow: UnitOfWork, refund: Refund, amount_fen: int) -> None:
    """Refuse a decision that was made looking at something else."""
    if refund.state is not RefundState.REVIEW:
        raise ConflictError(f"the refund is {refund.state.value}: there is nothing to decide")
    assert refund.device_id is not None
    assert refund.seq is not None
    target = reconciliation.target_of(
        uow, tenant_id=refund.tenant_id, device_id=refund.device_id, seq=refund.seq
    )
    owed_fen = target.target_fen if target else 0
    if not amount_fen == refund.amount_fen == owed_fen:
        raise ConflictError("the amount has changed since you looked: read it again and decide")
