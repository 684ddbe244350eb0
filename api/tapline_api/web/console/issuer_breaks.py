"""What an issuer does not accept: whose it is, how it shall end, and who confirms that."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline.cards import issuers
from tapline.cards.issuers import breaks, settlements
from tapline.cards.issuers.breaks import BreakResolution
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.review import names_of

router = APIRouter(prefix="/issuer-breaks")

Resolution = Annotated[BreakResolution, Form()]


@router.get("/{break_id}")
def break_page(request: Request, uow: Transaction, member: Treasurer, break_id: UUID) -> Response:
    """One break with both sides' words."""
    tenant_id = member.tenant_id
    broken = breaks.get(uow, tenant_id=tenant_id, break_id=break_id)
    return render(
        request,
        "console/issuer_break.html",
        member=member,
        broken=broken,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=broken.issuer_id),
        settlement=settlements.get(uow, tenant_id=tenant_id, settlement_id=broken.settlement_id),
        line=settlements.line_of(uow, tenant_id=tenant_id, broken=broken)
        if broken.line is not None
        else None,
        names=names_of(uow, tenant_id),
    )


@router.post("/{break_id}/take")
def take(uow: Transaction, member: Treasurer, break_id: UUID) -> Response:
    """Make it one's own."""
    breaks.take(uow, tenant_id=member.tenant_id, break_id=break_id, staff=member.staff)
    return see_other(f"/console/issuer-breaks/{break_id}")


@router.post("/{break_id}/propose")
def propose(
    *,
    uow: Transaction,
    member: Treasurer,
    break_id: UUID,
    resolution: Resolution,
    reason: Annotated[str, Form(min_length=1, max_length=500)],
) -> Response:
    """Say how it shall end."""
    breaks.propose(
        uow,
        tenant_id=member.tenant_id,
        break_id=break_id,
        resolution=resolution,
        reason=reason,
        staff=member.staff,
    )
    return see_other(f"/console/issuer-breaks/{break_id}")


@router.post("/{break_id}/confirm")
def confirm(
    uow: Transaction, member: Treasurer, break_id: UUID, resolution: Resolution
) -> Response:
    """Confirm a colleague's proposal: the money moves."""
    breaks.confirm(
        uow,
        tenant_id=member.tenant_id,
        break_id=break_id,
        resolution=resolution,
        staff=member.staff,
    )
    return see_other(f"/console/issuer-breaks/{break_id}")


@router.post("/{break_id}/refuse")
def refuse(
    *,
    uow: Transaction,
    member: Treasurer,
    break_id: UUID,
    resolution: Resolution,
    reason: Annotated[str, Form(min_length=1, max_length=500)],
) -> Response:
    """Send a colleague's proposal back."""
    breaks.refuse(
        uow,
        tenant_id=member.tenant_id,
        break_id=break_id,
        resolution=resolution,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"/console/issuer-breaks/{break_id}")
