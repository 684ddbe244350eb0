"""What reconciliation found."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from tapline import clock, policy, reconciliation, reports
from tapline.reconciliation import Resolution, Side
from tapline.reconciliation.sentences import CODES
from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.evidence import evidence_of

router = APIRouter()

AGES = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}
"""At least so old, by the days that the filter names."""
_SHOWN = 200


@router.get("/findings")
def findings_page(  # noqa: PLR0917 (filters, by name)
    request: Request,
    uow: Transaction,
    member: Operator,
    code: Annotated[str, Query(pattern=r"^(D\d\d)?$")] = "",
    resolution: Annotated[str, Query(pattern=r"^(none|auto|ticket)?$")] = "",
    side: Annotated[str, Query(pattern=r"^(operator|property|vendor|customer)?$")] = "",
    age: Annotated[str, Query(pattern=r"^(1|7|30)?$")] = "",
) -> Response:
    """Where machine, card and ledger tell different stories."""
    found = reconciliation.listed(
        uow,
        tenant_id=member.tenant_id,
        codes=[code] if code else None,
        resolution=Resolution(resolution) if resolution else None,
        side=Side(side) if side else None,
        found_before=clock.now() - AGES[age] if age else None,
        limit=_SHOWN,
    )
    return render(
        request,
        "console/findings.html",
        member=member,
        findings=found,
        filters={"code": code, "resolution": resolution, "side": side, "age": age},
        counts=reconciliation.counts(uow, tenant_id=member.tenant_id),
        codes=CODES,
        resolutions=list(Resolution),
        sides=list(Side),
        ages=list(AGES),
        most=_SHOWN,
    )


@router.get("/findings/{finding_id}")
def finding_page(
    request: Request, uow: Transaction, member: Operator, finding_id: UUID
) -> Response:
    """One finding with its evidence, withdrawn or not, and the cases that it is part of."""
    finding = reconciliation.get(uow, tenant_id=member.tenant_id, finding_id=finding_id)
    return render(
        request,
        "console/finding.html",
        member=member,
        finding=finding,
        shown=evidence_of(uow, member.tenant_id, finding),
        cases=reports.cases_of_finding(uow, tenant_id=member.tenant_id, finding_id=finding_id),
        stories=reconciliation.options_of(uow, tenant_id=member.tenant_id, finding=finding),
        decisions=reconciliation.decisions_of(
            uow, tenant_id=member.tenant_id, finding_id=finding_id
        ),
        alone_fen_max=policy.current(uow, tenant_id=member.tenant_id).adjustment_alone_fen_max,
    )
