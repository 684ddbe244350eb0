"""What we claim of other operators, and how each month with them comes about."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import audit, reports
from tapline.cards import issuers
from tapline.cards.issuers import settlements
from tapline.errors import NotFoundError
from tapline.files.sheets import Cell
from tapline.reports import OperatorMonth
from tapline.sharing import claims, demands
from tapline_api import exports, labels
from tapline_api.deps import Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.months import Month, month_of, recent
from tapline_api.web.signing import json_file, vault_of

router = APIRouter()


@router.post("/issuers/{issuer_id}/claim")
def claim(
    *,
    request: Request,
    uow: Transaction,
    member: Treasurer,
    issuer_id: str,
    day: Annotated[date | None, Form()] = None,
) -> Response:
    """The signed claim for everything up to a day, yesterday where none is named."""
    made = demands.demand(
        uow,
        tenant_id=member.tenant_id,
        issuer_id=issuer_id,
        period_to=day or settlements.yesterday(),
        vault=vault_of(request),
        actor=member.actor,
    )
    return see_other(f"/console/settlements/{made.settlement_id}")


@router.post("/settlements/{settlement_id}/claim")
def sign(request: Request, uow: Transaction, member: Treasurer, settlement_id: UUID) -> Response:
    """The claim of a settlement that the clock has made."""
    demands.of_settlement(
        uow,
        tenant_id=member.tenant_id,
        settlement_id=settlement_id,
        vault=vault_of(request),
        actor=member.actor,
    )
    return see_other(f"/console/settlements/{settlement_id}")


@router.get("/settlements/{settlement_id}/claim.json")
def claim_file(uow: Transaction, member: Treasurer, settlement_id: UUID) -> Response:
    """The file for the operator, as it was signed."""
    tenant_id = member.tenant_id
    settlement = settlements.get(uow, tenant_id=tenant_id, settlement_id=settlement_id)
    made = demands.made(uow, tenant_id=tenant_id, settlement_id=settlement_id)
    if made is None:
        raise NotFoundError("this settlement has no signed claim yet: make it on its page")
    name = f"claim-{settlement.issuer_id}-{settlement.number}"
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=member.actor,
        action="export.take",
        subject=f"export:{name}",
    )
    return json_file(made.document, f"{name}.json")


@router.get("/issuers/{issuer_id}/statement")
def statement_page(
    request: Request, uow: Transaction, member: Treasurer, issuer_id: str, month: Month = None
) -> Response:
    """A month: how what stood at its beginning became what stood at its end."""
    tenant_id, first = member.tenant_id, month_of(month)
    taken = claims.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    issued = settlements.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    return render(
        request,
        "console/operator_month.html",
        member=member,
        issuer=issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        found=reports.operator_month(uow, tenant_id=tenant_id, issuer_id=issuer_id, month=first),
        months=recent(),
        issued=[one for one in issued if _is_of(one.period_to, first)],
        taken=[one for one in taken if _is_of(one.period_to, first)],
        sums=claims.sums(
            uow, tenant_id=tenant_id, statement_ids=[one.statement_id for one in taken]
        ),
    )


@router.get("/issuers/{issuer_id}/statement.xlsx")
def statement_table(
    request: Request, uow: Transaction, member: Treasurer, issuer_id: str, month: Month = None
) -> Response:
    """The same as Excel."""
    first = month_of(month)
    found = reports.operator_month(
        uow, tenant_id=member.tenant_id, issuer_id=issuer_id, month=first
    )
    return exports.excel(uow, member, name=f"{issuer_id}-{first:%Y-%m}", rows=_rows(request, found))


def _is_of(day: date, month: date) -> bool:
    return day.replace(day=1) == month


def _rows(request: Request, found: OperatorMonth) -> list[list[Cell]]:
    """The month as a table; amounts in fen."""
    translate = formats_of(request).translate
    told = [
        (translate("At the beginning"), found.opening),
        *((translate(labels.of(kind)), sides) for kind, sides in found.rows),
        (translate("At the end"), found.closing),
    ]
    head: list[Cell] = [
        found.month.strftime("%Y-%m"),
        translate("It owes us (fen)"),
        translate("We owe it (fen)"),
        translate("Net (fen)"),
    ]
    body: list[list[Cell]] = [
        [words, sides.owed_to_us_fen, sides.owed_by_us_fen, sides.net_fen] for words, sides in told
    ]
    return [head, *body, [translate("of which in no settlement yet"), found.unclaimed_fen]]
