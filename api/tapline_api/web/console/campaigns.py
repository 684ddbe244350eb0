"""Bonus campaigns: proposed by one, approved by another, ended by either."""

from datetime import date as day
from datetime import datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import clock
from tapline.cards import campaigns
from tapline.cards.campaigns import Terms
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer

router = APIRouter(prefix="/campaigns")

_HOME = "/console/campaigns"
Yuan = Annotated[str, Form(max_length=20)]
Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("")
def campaigns_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """In force, proposed, over; and proposing one."""
    return render(
        request,
        "console/campaigns.html",
        member=member,
        campaigns=campaigns.listed(uow, tenant_id=member.tenant_id),
        today=clock.business_date(clock.now()),
    )


@router.post("")
def propose(
    *,
    uow: Transaction,
    member: Treasurer,
    name: Annotated[str, Form(max_length=60)],
    since: Annotated[day, Form()],
    until: Annotated[day, Form()],
    paid_min: Yuan,
    customer_max: Yuan,
    reason: Reason,
    fixed: Yuan = "0",
    per_mille: Annotated[int, Form()] = 0,
) -> Response:
    """Whole days, the last one included."""
    terms = Terms(
        name=name.strip(),
        since=_midnight(since),
        until=_midnight(until) + timedelta(days=1),
        paid_fen_min=read_yuan(paid_min),
        fixed_fen=read_yuan(fixed or "0"),
        per_mille=per_mille,
        customer_fen_max=read_yuan(customer_max),
    )
    campaigns.propose(
        uow, tenant_id=member.tenant_id, terms=terms, actor=member.actor, reason=reason
    )
    return see_other(_HOME)


@router.post("/{campaign_id}/approve")
def approve(uow: Transaction, member: Treasurer, campaign_id: UUID) -> Response:
    """The second person's word."""
    campaigns.approve(uow, tenant_id=member.tenant_id, campaign_id=campaign_id, actor=member.actor)
    return see_other(_HOME)


@router.post("/{campaign_id}/end")
def end(uow: Transaction, member: Treasurer, campaign_id: UUID, reason: Reason) -> Response:
    """Nothing new is promised."""
    campaigns.end(
        uow,
        tenant_id=member.tenant_id,
        campaign_id=campaign_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(_HOME)


def _midnight(date: day) -> datetime:
    return datetime.combine(date, time(), clock.BUSINESS_ZONE)
