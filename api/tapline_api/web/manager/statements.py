"""What the property earns and owes: its share day by day, and the statements of months."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import partners
from tapline.partners import Answer
from tapline_api import exports
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.months import Month, month_of, recent
from tapline_api.web.statement_page import netted, rows, sites_of, told

router = APIRouter(prefix="/statements")

_HOME = "/manager/statements"


@router.get("")
def statements(
    request: Request, uow: Transaction, member: CurrentManager, month: Month = None
) -> Response:
    """Statements issued, and the share of the sites by day of a month."""
    shown = month_of(month) if month else recent(1)[0]
    return render(
        request,
        "manager/statements.html",
        member=member,
        statements=partners.statements(uow, scope=member.scope),
        month=shown,
        months=recent(),
        days=partners.share_days(
            uow, scope=member.scope, first=shown, last=partners.month_last(shown)
        )[::-1],
        sites=sites_of(uow, member.tenant_id),
    )


@router.get("/shares.xlsx")
def shares(
    request: Request, uow: Transaction, member: CurrentManager, month: Month = None
) -> Response:
    """Revenue and share by site and day of a month, as Excel."""
    shown = month_of(month)
    named = sites_of(uow, member.tenant_id)
    translate = formats_of(request).translate
    days = partners.share_days(
        uow, scope=member.scope, first=shown, last=partners.month_last(shown)
    )
    head: list[str | int] = [
        translate("Day"),
        translate("Site"),
        translate("Revenue (fen)"),
        translate("Share (‰)"),
        translate("Your share (fen)"),
    ]
    body: list[list[str | int]] = [
        [
            day.day.isoformat(),
            named[day.site_id].name,
            day.revenue_fen,
            day.per_mille,
            day.share_fen,
        ]
        for day in days
    ]
    return exports.excel(uow, member, name=f"shares-{shown:%Y-%m}", rows=[head, *body])


@router.get("/{statement_id}")
def statement(
    request: Request, uow: Transaction, member: CurrentManager, statement_id: UUID
) -> Response:
    """One month, line by line, and his word to each."""
    found = partners.issued(uow, scope=member.scope, statement_id=statement_id)
    return render(
        request,
        "manager/statement.html",
        member=member,
        found=found,
        lines=told(request, uow, member.tenant_id, found.lines, found.answers),
        netted=netted(found.lines),
    )


@router.get("/{statement_id}/table.xlsx")
def table(
    request: Request, uow: Transaction, member: CurrentManager, statement_id: UUID
) -> Response:
    """The same as Excel."""
    found = partners.issued(uow, scope=member.scope, statement_id=statement_id)
    lines = told(request, uow, member.tenant_id, found.lines)
    name = f"statement-{found.statement.month:%Y-%m}"
    return exports.excel(uow, member, name=name, rows=rows(request, found, lines))


@router.post("/{statement_id}/lines/{line}")
def answer(
    *,
    uow: Transaction,
    member: CurrentManager,
    statement_id: UUID,
    line: int,
    agree: Annotated[bool, Form()],
    words: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Agree to a line, or object to it with a reason."""
    partners.answer_line(
        uow,
        scope=member.scope,
        statement_id=statement_id,
        line=line,
        said=Answer.AGREED if agree else Answer.OBJECTED,
        staff=member.staff,
        words=words,
    )
    return see_other(f"{_HOME}/{statement_id}#line-{line}")
