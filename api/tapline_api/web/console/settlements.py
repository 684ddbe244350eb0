"""One settlement with an issuer: its file, its lines, what was answered."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile, status

from tapline import audit
from tapline.cards import issuers
from tapline.cards.issuers import answers, breaks, receipts, settlements
from tapline.cards.issuers.settlements import Settlement
from tapline.files import Flaw, FlawedError, sheets
from tapline.sharing import demands
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer

router = APIRouter(prefix="/settlements")

Sent = Annotated[UploadFile | None, File()]


@router.get("/{settlement_id}")
def settlement_page(
    request: Request, uow: Transaction, member: Treasurer, settlement_id: UUID
) -> Response:
    """Its lines with what the issuer says to each."""
    return _page(request, uow, member, settlement_id)


@router.get("/{settlement_id}/file.csv")
def csv_file(uow: Transaction, member: Treasurer, settlement_id: UUID) -> Response:
    """The file that the hash is of."""
    settlement = settlements.get(uow, tenant_id=member.tenant_id, settlement_id=settlement_id)
    lines = settlements.lines_of(uow, tenant_id=member.tenant_id, settlement_id=settlement_id)
    return _download(uow, member, settlement, settlements.csv_of(lines), "csv")


@router.get("/{settlement_id}/file.xlsx")
def excel_file(uow: Transaction, member: Treasurer, settlement_id: UUID) -> Response:
    """The same as Excel."""
    settlement = settlements.get(uow, tenant_id=member.tenant_id, settlement_id=settlement_id)
    lines = settlements.lines_of(uow, tenant_id=member.tenant_id, settlement_id=settlement_id)
    return _download(uow, member, settlement, settlements.excel_of(settlement, lines), "xlsx")


@router.post("/{settlement_id}/answers")
def take_answer(
    request: Request, uow: Transaction, member: Treasurer, settlement_id: UUID, table: Sent = None
) -> Response:
    """The issuer's answer: all of it is taken, or nothing and each wrong line is named."""
    try:
        with uow.attempt():
            answers.take(
                uow,
                tenant_id=member.tenant_id,
                settlement_id=settlement_id,
                name=(table and table.filename) or "answer",
                content=table.file.read(sheets.BYTES_MAX + 1) if table else b"",
                actor=member.actor,
            )
    except FlawedError as error:
        return _page(request, uow, member, settlement_id, error.flaws)
    return see_other(f"/console/settlements/{settlement_id}")


def _page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    settlement_id: UUID,
    flaws: tuple[Flaw, ...] = (),
) -> Response:
    tenant_id = member.tenant_id
    settlement = settlements.get(uow, tenant_id=tenant_id, settlement_id=settlement_id)
    explained = receipts.explain(uow, tenant_id=tenant_id, issuer_id=settlement.issuer_id)
    return render(
        request,
        "console/settlement.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if flaws else status.HTTP_200_OK,
        member=member,
        settlement=settlement,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=settlement.issuer_id),
        position=next(
            one for one in explained.positions if one.settlement_id == settlement.settlement_id
        ),
        lines=settlements.lines_of(uow, tenant_id=tenant_id, settlement_id=settlement_id),
        said=answers.words_of(uow, tenant_id=tenant_id, settlement_id=settlement_id),
        claim=demands.made(uow, tenant_id=tenant_id, settlement_id=settlement_id),
        answers=answers.listed(uow, tenant_id=tenant_id, settlement_id=settlement_id),
        breaks=[
            one
            for one in breaks.listed(uow, tenant_id=tenant_id, issuer_id=settlement.issuer_id)
            if one.settlement_id == settlement_id
        ],
        flaws=flaws,
    )


def _download(
    uow: UnitOfWork, member: Member, settlement: Settlement, content: bytes, kind: str
) -> Response:
    name = f"{settlement.issuer_id}-{settlement.number}.{kind}"
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="export.take",
        subject=f"export:{name}",
    )
    return Response(
        content,
        media_type=sheets.CSV_TYPE if kind == "csv" else sheets.EXCEL_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
