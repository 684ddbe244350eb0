"""Partners: who they are, and what a month with each comes to before it is stated."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import clock, partners, reports, sharing, sites
from tapline.partners import PartnerKind
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.months import MONTH, Month, month_of, recent
from tapline_api.web.statement_page import sites_of, told

router = APIRouter(prefix="/partners")

_HOME = "/console/partners"


@router.get("")
def partners_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Who they are, and what is agreed for each site."""
    tenant_id = member.tenant_id
    today = clock.business_date(clock.now())
    book = partners.book(uow, tenant_id=tenant_id)
    places = sites.listed(uow, tenant_id=tenant_id)
    listed = partners.listed(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/partners.html",
        member=member,
        partners=listed,
        names={one.partner_id: one.name for one in listed},
        kinds=list(PartnerKind),
        sites=[(site, book.on(site.site_id, today)) for site in places],
        proposed=partners.proposed_agreements(uow, tenant_id=tenant_id),
        site_of={site.site_id: site for site in places},
        month=recent(1)[0],
        unattributed=partners.unattributed(
            uow, tenant_id=tenant_id, first=recent(1)[0], last=today
        ),
    )


@router.post("")
def add(
    *,
    uow: Transaction,
    member: Treasurer,
    kind: Annotated[PartnerKind, Form()],
    name: Annotated[str, Form(max_length=60)],
    legal_entity: Annotated[str, Form(max_length=120)],
    contact: Annotated[str, Form(max_length=60)] = "",
    phone: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """A new partner."""
    partner = partners.add(
        uow,
        tenant_id=member.tenant_id,
        kind=kind,
        name=name,
        legal_entity=legal_entity,
        contact=contact,
        phone=phone,
        staff=member.staff,
    )
    return see_other(f"{_HOME}/{partner.partner_id}")


@router.get("/{partner_id}")
def partner_page(
    *,
    request: Request,
    uow: Transaction,
    member: Treasurer,
    partner_id: UUID,
    month: Month = None,
) -> Response:
    """What a month comes to as things stand, and what was stated before."""
    tenant_id = member.tenant_id
    found = partners.draft(uow, tenant_id=tenant_id, partner_id=partner_id, month=month_of(month))
    issuer = sharing.claims.issuer_of(uow, partner=found.partner)
    return render(
        request,
        "console/partner.html",
        member=member,
        issuer=issuer,
        between=reports.operator_month(
            uow, tenant_id=tenant_id, issuer_id=issuer.issuer_id, month=found.month
        )
        if issuer
        else None,
        draft=found,
        lines=told(request, uow, tenant_id, found.lines),
        months=recent(),
        statements=partners.statements(uow, scope=member.scope, partner_id=partner_id),
        sites=sites_of(uow, tenant_id),
    )


@router.post("/{partner_id}/issue")
def issue(
    *,
    uow: Transaction,
    member: Treasurer,
    partner_id: UUID,
    month: Annotated[str, Form(pattern=f"^{MONTH}$")],
    total_fen: Annotated[int, Form()],
) -> Response:
    """State the month for good, as it was seen."""
    statement = partners.issue(
        uow,
        tenant_id=member.tenant_id,
        partner_id=partner_id,
        month=date.fromisoformat(f"{month}-01"),
        total_fen=total_fen,
        staff=member.staff,
    )
    return see_other(f"/console/statements/{statement.statement_id}")
