"""A review's place at the desk: what the router offers to whom follows from the claim."""

from uuid import UUID

from tapline import people, routing
from tapline.refunds.claims.rules import may_decide
from tapline.refunds.model import Refund, RefundState, Tier
from tapline.refunds.repository import RefundRepository
from tapline.routing import Medium, Work
from tapline.uow import UnitOfWork

_LEVELS = {Tier.AUTOMATIC: 1, Tier.AGENT: 1, Tier.SUPERVISOR: 2}
"""Of the skill `review`, as profiles at the desk have it."""


def put_in_place(uow: UnitOfWork, *, tenant_id: str, refund_id: UUID) -> None:
    """Bring the router in line with a claim as it is now.

    It looks at nothing else, so it may be called in any order and any number of times.
    """
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = refunds.get(refund_id, lock=True)
    if refund.state is not RefundState.REVIEW:
        routing.withdraw(
            uow, tenant_id=tenant_id, work_id=refund.subject, reason=refund.state.value
        )
    elif reviewer_id := _reviewer(uow, refund):
        routing.assign(uow, tenant_id=tenant_id, work=_work(refund), agent_id=str(reviewer_id))
    else:
        routing.let_wait(uow, tenant_id=tenant_id, work=_work(refund))


def _reviewer(uow: UnitOfWork, refund: Refund) -> UUID | None:
    """Who took it up, if it is still his to decide: he may have left, and an appeal goes higher."""
    if refund.reviewer_id is None:
        return None
    member = people.staff_member(uow, tenant_id=refund.tenant_id, staff_id=refund.reviewer_id)
    works_here = member.disabled_at is None
    return member.staff_id if works_here and may_decide(member.role, refund.tier) else None


def _work(refund: Refund) -> Work:
    """The claim as work; it counts as waiting since it was asked for."""
    return Work(
        work_id=refund.subject,
        medium=Medium.TASK,
        queue="reviews",
        skills={"review": _LEVELS[refund.tier]},
        effective_enqueue_ms=int(refund.created_at.timestamp() * 1000),
        label=refund.kind.value,
    )
