"""A person decides which story is true, where no chain can tell."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from tapline import reconciliation
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/findings/{finding_id}")

Reason = Annotated[str, Form(min_length=1, max_length=500)]


@router.post("/decide")
def decide(
    *,
    uow: Transaction,
    member: Operator,
    finding_id: UUID,
    choice: Annotated[str, Form(max_length=100)],
    reason: Reason,
) -> Response:
    """Say which story is true; above a limit somebody else confirms it."""
    reconciliation.decide(
        uow,
        tenant_id=member.tenant_id,
        finding_id=finding_id,
        choice=choice,
        reason=reason,
        staff=member.staff,
    )
    return see_other(f"/console/findings/{finding_id}")


@router.post("/decisions/{decision_id}/confirm")
def confirm(uow: Transaction, member: Operator, finding_id: UUID, decision_id: UUID) -> Response:
    """Let a colleague's decision count."""
    reconciliation.confirm_decision(
        uow, tenant_id=member.tenant_id, decision_id=decision_id, staff=member.staff
    )
    return see_other(f"/console/findings/{finding_id}")


@router.post("/decisions/{decision_id}/refuse")
def refuse(
    uow: Transaction, member: Operator, finding_id: UUID, decision_id: UUID, reason: Reason
) -> Response:
    """Send it back."""
    reconciliation.refuse_decision(
        uow,
        tenant_id=member.tenant_id,
        decision_id=decision_id,
        reason=reason,
        staff=member.staff,
    )
    return see_other(f"/console/findings/{finding_id}")
