"""Refunds that wait for a person, and what was found."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import refunds, reports
from tapline.reconciliation import rules
from tapline.refunds import RefundState
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render

router = APIRouter()

_CODES = sorted({*rules.JUDGED, "D04", "D07"})


@router.get("/refunds")
def refunds_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """What waits for a decision, and what was decided lately."""
    listed = refunds.listed(uow, tenant_id=member.tenant_id, limit=200)
    return render(
        request,
        "console/refunds.html",
        member=member,
        waiting=refunds.listed(uow, tenant_id=member.tenant_id, state=RefundState.REVIEW),
        decided=[refund for refund in listed if refund.state is not RefundState.REVIEW],
    )


@router.post("/refunds/{refund_id}")
def decide(
    *,
    uow: Transaction,
    member: CurrentAgent,
    refund_id: UUID,
    approve: Annotated[bool, Form()],
    amount_fen: Annotated[int, Form()],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
    back: Annotated[str, Form()] = "/console/refunds",
) -> Response:
    """Pay it back or refuse; the amount is the one that was seen."""
    refunds.decide(
        uow,
        tenant_id=member.tenant_id,
        refund_id=refund_id,
        approve=approve,
        amount_fen=amount_fen,
        staff=member.staff,
        reason=reason,
    )
    return see_other(local_path(back, otherwise="/console/refunds"))


@router.get("/findings")
def findings_page(
    request: Request,
    uow: Transaction,
    member: CurrentAgent,
    code: Annotated[str | None, Query(pattern=r"^D\d\d$")] = None,
) -> Response:
    """Where machine, card and ledger tell different stories."""
    findings = reports.recent_findings(uow, tenant_id=member.tenant_id, code=code)
    return render(
        request, "console/findings.html", member=member, findings=findings, code=code, codes=_CODES
    )
