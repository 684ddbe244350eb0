"""What other operators ask for water that our cards drew at their machines, and what we owe."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from tapline.cards import issuers
from tapline.errors import InvalidError
from tapline.sharing import claims
from tapline.sharing.documents import DOCUMENT_BYTES_MAX
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer

router = APIRouter()

Sent = Annotated[UploadFile | None, File()]


@router.post("/abroad")
def take(uow: Transaction, member: Treasurer, document: Sent = None) -> Response:
    """A signed statement; whose it is, its signature says."""
    content = document.file.read(DOCUMENT_BYTES_MAX + 1) if document else b""
    if not content:
        raise InvalidError("choose the file that the other operator sent")
    taken = claims.take(uow, tenant_id=member.tenant_id, document=content, actor=member.actor)
    return see_other(f"/console/abroad/{taken.statement_id}")


@router.get("/abroad/{abroad_id}")
def statement_page(
    request: Request, uow: Transaction, member: Treasurer, abroad_id: UUID
) -> Response:
    """One statement: what of it is paid, what waits, and what does not fit."""
    tenant_id = member.tenant_id
    statement = claims.get(uow, tenant_id=tenant_id, statement_id=abroad_id)
    taken = claims.listed(uow, tenant_id=tenant_id, issuer_id=statement.issuer_id)
    lines = claims.lines_of(uow, tenant_id=tenant_id, statement_id=abroad_id)
    return render(
        request,
        "console/abroad.html",
        member=member,
        statement=statement,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=statement.issuer_id),
        lines=lines,
        mended=claims.corrections.of_pours(uow, tenant_id=tenant_id, lines=lines),
        corrections=claims.corrections.of_statement(
            uow, tenant_id=tenant_id, statement_id=abroad_id
        ),
        named={one.statement_id: one for one in taken},
        sums=claims.sums(uow, tenant_id=tenant_id, statement_ids=[abroad_id]).get(abroad_id, {}),
    )


@router.post("/issuers/{issuer_id}/set-off")
def set_off(
    uow: Transaction, member: Treasurer, issuer_id: str, fen: Annotated[int, Form(ge=0)] = 0
) -> Response:
    """What each owes the other, as it was seen."""
    claims.set_off(
        uow, tenant_id=member.tenant_id, issuer_id=issuer_id, fen=fen, actor=member.actor
    )
    return see_other(f"/console/issuers/{issuer_id}")


@router.post("/issuers/{issuer_id}/pay")
def pay(
    *,
    uow: Transaction,
    member: Treasurer,
    issuer_id: str,
    reference: Annotated[str, Form(min_length=1, max_length=100)],
    yuan: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A transfer of ours to another operator."""
    claims.pay(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        fen=read_yuan(yuan),
        reference=reference,
        actor=member.actor,
    )
    return see_other(f"/console/issuers/{issuer_id}")
