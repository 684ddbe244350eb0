"""Goodwill: given from a card's page with one key; above the limits a supervisor decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline.refunds import goodwill
from tapline.refunds.goodwill import GoodwillState, Why
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.card_acts import acted
from tapline_api.web.console.doors import Operator
from tapline_api.web.console.review import names_of

router = APIRouter()


@router.get("/goodwill")
def goodwill_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """What waits for a supervisor, and what was given lately."""
    tenant_id = member.tenant_id
    return render(
        request,
        "console/goodwill.html",
        member=member,
        asked=goodwill.listed(uow, tenant_id=tenant_id, state=GoodwillState.ASKED),
        given=goodwill.listed(uow, tenant_id=tenant_id),
        may_decide=lambda one: goodwill.may_decide(one, member.staff),
        names=names_of(uow, tenant_id),
    )


@router.post("/cards/{card_no}/goodwill")
def give(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    card_no: str,
    device_id: Annotated[str, Form(max_length=32)],
    seq: Annotated[int, Form(ge=0)],
    yuan: Annotated[str, Form(max_length=20)],
    why: Annotated[Why, Form()],
    words: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make good one pour."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: goodwill.give(
            uow,
            tenant_id=member.tenant_id,
            card_no=card_no,
            device_id=device_id,
            seq=seq,
            amount_fen=read_yuan(yuan),
            why=why,
            words=words,
            staff=member.staff,
        ),
    )


@router.post("/cards/{card_no}/goodwill/{goodwill_id}/undo")
def undo(
    request: Request, uow: Transaction, member: Operator, card_no: str, goodwill_id: UUID
) -> Response:
    """Take it back, while it is new."""
    return acted(
        request,
        uow,
        member,
        card_no,
        lambda: goodwill.undo(
            uow, tenant_id=member.tenant_id, goodwill_id=goodwill_id, staff=member.staff
        ),
    )


@router.post("/goodwill/{goodwill_id}/decide")
def decide(
    uow: Transaction, member: Operator, goodwill_id: UUID, approve: Annotated[bool, Form()]
) -> Response:
    """A supervisor's word."""
    goodwill.decide(
        uow,
        tenant_id=member.tenant_id,
        goodwill_id=goodwill_id,
        approve=approve,
        staff=member.staff,
    )
    return see_other("/console/goodwill")
