"""What people post by hand: proposed, approved by a second person, rejected, withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import ledger, money, policy
from tapline.ids import new_id
from tapline.ledger import AdjustmentState, chart
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer

router = APIRouter()

_HOME = "/console/adjustments"
_DECIDED = [state for state in AdjustmentState if state is not AdjustmentState.PROPOSED]

Words = Annotated[str, Form(min_length=1, max_length=200)]
Code = Annotated[str, Form(min_length=1, max_length=200)]
Yuan = Annotated[str, Form(pattern=r"^[0-9]{1,10}([.][0-9]{1,2})?$")]


@router.get("/adjustments")
def adjustments_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """What waits for a second person, and what was decided lately."""
    tenant_id = member.tenant_id
    rows = ledger.trial(uow, tenant_id=tenant_id)
    used = {row.code for row in rows if row.unit == chart.FEN and not row.code.startswith("card:")}
    return render(
        request,
        "console/adjustments.html",
        member=member,
        waiting=ledger.adjustments(uow, tenant_id=tenant_id, states=[AdjustmentState.PROPOSED]),
        decided=ledger.adjustments(uow, tenant_id=tenant_id, states=_DECIDED),
        codes=sorted(used | {account.code for account in chart.KNOWN}),
        alone_fen=policy.current(uow, tenant_id=tenant_id).adjustment_alone_fen_max,
        request_id=new_id(),
    )


@router.post("/adjustments")
def adjust(
    *,
    uow: Transaction,
    member: Treasurer,
    debit: Code,
    credit: Code,
    amount: Yuan,
    reason: Words,
    evidence: Words,
    request_id: Annotated[UUID, Form()],
    about: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Move money between two accounts, or propose to."""
    ledger.adjust(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        debit=debit.strip(),
        credit=credit.strip(),
        amount=money.yuan(amount),
        reason=reason,
        evidence=evidence,
        about=about.strip() or None,
        adjustment_id=request_id,
    )
    return see_other(_HOME)


@router.post("/ledger/journals/{journal_id}/reverse")
def reverse(
    *,
    uow: Transaction,
    member: Treasurer,
    journal_id: int,
    reason: Words,
    evidence: Words,
    request_id: Annotated[UUID, Form()],
) -> Response:
    """Take a journal back, or propose to."""
    tenant_id = member.tenant_id
    ledger.reverse(
        uow,
        tenant_id=tenant_id,
        actor=member.actor,
        key=ledger.journal(uow, tenant_id=tenant_id, journal_id=journal_id).key,
        reason=reason,
        evidence=evidence,
        adjustment_id=request_id,
    )
    return see_other(f"/console/ledger/journals/{journal_id}")


@router.post("/adjustments/{adjustment_id}/approve")
def approve(uow: Transaction, member: Treasurer, adjustment_id: UUID) -> Response:
    """A second person lets it be posted."""
    ledger.approve(uow, tenant_id=member.tenant_id, adjustment_id=adjustment_id, actor=member.actor)
    return see_other(_HOME)


@router.post("/adjustments/{adjustment_id}/reject")
def reject(uow: Transaction, member: Treasurer, adjustment_id: UUID, reason: Words) -> Response:
    """A second person says no, and why."""
    ledger.reject(
        uow,
        tenant_id=member.tenant_id,
        adjustment_id=adjustment_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(_HOME)


@router.post("/adjustments/{adjustment_id}/withdraw")
def withdraw(uow: Transaction, member: Treasurer, adjustment_id: UUID) -> Response:
    """Whoever proposed it takes it back."""
    ledger.withdraw(
        uow, tenant_id=member.tenant_id, adjustment_id=adjustment_id, actor=member.actor
    )
    return see_other(_HOME)
