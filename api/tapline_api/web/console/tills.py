"""Tills: what should be in each, counting one, and what was counted before."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response

from tapline.cards import tills
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.review import names_of

router = APIRouter(prefix="/tills")


@router.get("")
def tills_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """All tills, and the last counts."""
    tenant_id = member.tenant_id
    open_tills = tills.listed(uow, tenant_id=tenant_id)
    ids = [till.till_id for till in open_tills]
    return render(
        request,
        "console/tills.html",
        member=member,
        tills=open_tills,
        content=tills.content_fen(uow, tenant_id=tenant_id, till_ids=ids),
        handovers=tills.handovers(uow, tenant_id=tenant_id),
        holders={till.till_id: till.name for till in open_tills},
        names=names_of(uow, tenant_id),
        request_keys={till.till_id: uuid4().hex for till in open_tills},
    )


@router.post("/{till_id}/hand-over")
def hand_over(
    *,
    uow: Transaction,
    member: Treasurer,
    till_id: UUID,
    expected_fen: Annotated[int, Form()],
    counted: Annotated[str, Form(max_length=20)],
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A till was counted and goes to the bank."""
    tills.hand_over(
        uow,
        tenant_id=member.tenant_id,
        till_id=till_id,
        expected_fen=expected_fen,
        counted_fen=read_yuan(counted),
        staff=member.staff,
        reason=reason,
        request_key=request_key,
    )
    return see_other("/console/tills")
