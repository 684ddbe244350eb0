"""Statements that were issued to partners: every line, what was said of it, and the settlement."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import partners, people
from tapline.cards import issuers
from tapline.partners import Answer
from tapline_api import exports
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.months import recent
from tapline_api.web.statement_page import rows, told

router = APIRouter(prefix="/statements")

_HOME = "/console/statements"


@router.get("")
def statements(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Every one, the newest month first."""
    listed = partners.statements(uow, scope=member.scope)
    known = issuers.listed(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/statements.html",
        member=member,
        statements=listed,
        operators=[one for one in known if one.is_operator],
        months=recent(3),
    )


@router.get("/{statement_id}")
def statement(
    request: Request, uow: Transaction, member: Treasurer, statement_id: UUID
) -> Response:
    """One month of a partner."""
    found = partners.issued(uow, scope=member.scope, statement_id=statement_id)
    staff = people.staff_of(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/statement.html",
        member=member,
        found=found,
        lines=told(request, uow, member.tenant_id, found.lines, found.answers),
        names={one.staff_id: one.name for one in staff},
    )


@router.get("/{statement_id}/table.xlsx")
def table(request: Request, uow: Transaction, member: Treasurer, statement_id: UUID) -> Response:
    """The same as Excel."""
    found = partners.issued(uow, scope=member.scope, statement_id=statement_id)
    lines = told(request, uow, member.tenant_id, found.lines)
    name = f"statement-{found.statement.month:%Y-%m}"
    return exports.excel(uow, member, name=name, rows=rows(request, found, lines))


@router.post("/{statement_id}/settle")
def settle(
    uow: Transaction,
    member: Treasurer,
    statement_id: UUID,
    reference: Annotated[str, Form(max_length=100)],
) -> Response:
    """It was paid, by whoever owed it."""
    partners.settle(
        uow,
        tenant_id=member.tenant_id,
        statement_id=statement_id,
        bank_reference=reference,
        staff=member.staff,
    )
    return see_other(f"{_HOME}/{statement_id}")


@router.post("/{statement_id}/lines/{line}")
def answer(
    *,
    uow: Transaction,
    member: Treasurer,
    statement_id: UUID,
    line: int,
    said: Annotated[Answer, Form()],
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Decide on an objection, or take down what a vendor says of a line."""
    partners.answer_line(
        uow,
        scope=member.scope,
        statement_id=statement_id,
        line=line,
        said=said,
        staff=member.staff,
        words=words,
    )
    return see_other(f"{_HOME}/{statement_id}#line-{line}")
