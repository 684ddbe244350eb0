"""What reconciliation found."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tapline import reports
from tapline.reconciliation import rules
from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter()

_CODES = sorted({*rules.JUDGED, "D04", "D07"})


@router.get("/findings")
def findings_page(
    request: Request,
    uow: Transaction,
    member: Operator,
    code: Annotated[str | None, Query(pattern=r"^D\d\d$")] = None,
) -> Response:
    """Where machine, card and ledger tell different stories."""
    findings = reports.recent_findings(uow, tenant_id=member.tenant_id, code=code)
    return render(
        request, "console/findings.html", member=member, findings=findings, code=code, codes=_CODES
    )
