"""What stopped by itself: automatic money of a firmware or a site, and machines' sale."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import reconciliation, reports
from tapline.reconciliation import breakers
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/breakers")

Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("")
def breakers_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """What tripped, by which figures, what waits for it; and what was reset, by whom and why."""
    return render(
        request,
        "console/breakers.html",
        member=member,
        stops=reports.stops(uow, tenant_id=member.tenant_id),
        may_reset=member.staff.role in breakers.RESETTERS,
        may_resume=member.staff.role in reconciliation.RELEASERS,
    )


@router.post("/{breaker_id}/reset")
def reset(uow: Transaction, member: CurrentAgent, breaker_id: UUID, reason: Reason) -> Response:
    """Let machines give money back again."""
    breakers.reset(
        uow,
        tenant_id=member.tenant_id,
        breaker_id=breaker_id,
        staff=member.staff,
        reason=reason,
    )
    return see_other("/console/breakers")


@router.post("/machines/{device_id}/resume")
def resume(uow: Transaction, member: Operator, device_id: str, reason: Reason) -> Response:
    """Let a machine sell again."""
    reconciliation.resume_sale(
        uow,
        tenant_id=member.tenant_id,
        device_id=device_id,
        staff=member.staff,
        reason=reason,
    )
    return see_other("/console/breakers")
