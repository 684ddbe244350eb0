"""How a claim moves: its state, a line in its timeline, word to whoever waits for it."""

from typing import Any

from tapline import clock
from tapline.events import RefundChanged
from tapline.refunds.claims import rules
from tapline.refunds.model import Refund, RefundState, RefundStep
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def move(
    uow: UnitOfWork,
    refund: Refund,
    state: RefundState,
    *,
    actor: str,
    reason: str = "",
    words: str = "",
    change_fen: int = 0,
    figures: dict[str, Any] | None = None,
) -> RefundStep:
    """Bring a locked claim into another state.

    Raises:
        ConflictError: no claim goes that way.
    """
    rules.check_step(refund.state, state)
    refund.state = state
    return note(
        uow,
        refund,
        actor=actor,
        reason=reason,
        words=words,
        change_fen=change_fen,
        figures=figures,
    )


def note(
    uow: UnitOfWork,
    refund: Refund,
    *,
    actor: str,
    reason: str = "",
    words: str = "",
    change_fen: int = 0,
    figures: dict[str, Any] | None = None,
) -> RefundStep:
    """Write down what happened to a locked claim, which thereby has another version."""
    now = clock.now()
    refund.version += 1
    refund.updated_at = now
    step = RefundStep(
        refund_id=refund.refund_id,
        state=refund.state.value,
        actor=actor,
        change_fen=change_fen,
        reason=reason,
        words=words,
        figures=figures,
        policy_version=refund.policy_version,
        at=now,
    )
    RefundRepository(uow, refund.tenant_id).add(step)
    uow.emit(RefundChanged(tenant_id=refund.tenant_id, refund_id=refund.refund_id))
    return step
