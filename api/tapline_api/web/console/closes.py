"""The daily close: what waits for it, what it asks, and what it wrote down."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tapline import ledger, policy
from tapline.errors import InvalidError
from tapline.files.sheets import Cell
from tapline_api import exports
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer

router = APIRouter(prefix="/closes")

Said = Annotated[list[str], Form(max_length=200)]


@router.get("")
def closes_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """The day that is next to close, with what needs a reason; the days that were closed."""
    tenant_id = member.tenant_id
    due = ledger.days_due(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/closes.html",
        member=member,
        due=due,
        breaks=ledger.breaks(uow, tenant_id=tenant_id, day=due[0]) if due else [],
        days_max=policy.current(uow, tenant_id=tenant_id).break_days_max,
        closes=ledger.closes(uow, tenant_id=tenant_id),
    )


@router.get("/{day}")
def close_page(request: Request, uow: Transaction, member: Treasurer, day: date) -> Response:
    """One closed day: its breaks, what came later about it, the balances that it left."""
    tenant_id = member.tenant_id
    close = ledger.close_of(uow, tenant_id=tenant_id, day=day)
    return render(
        request,
        "console/close.html",
        member=member,
        close=close,
        restated=ledger.restated(uow, tenant_id=tenant_id, day=day),
        asserted=ledger.assertions(uow, tenant_id=tenant_id, day=day, cards=False),
    )


@router.get("/{day}/balances.xlsx")
def balances_export(uow: Transaction, member: Treasurer, day: date) -> Response:
    """Every balance that was asserted, cards included."""
    ledger.close_of(uow, tenant_id=member.tenant_id, day=day)
    rows: list[list[Cell]] = [["account", "unit", "debit", "credit", "balance", "entries"]]
    rows += [list(row) for row in ledger.assertions(uow, tenant_id=member.tenant_id, day=day)]
    return exports.excel(uow, member, name=f"balances-{day}", rows=rows)


@router.post("")
def close_day(
    *,
    uow: Transaction,
    member: Treasurer,
    day: Annotated[date, Form()],
    code: Said = [],  # noqa: B006 (FastAPI copies it)
    about: Said = [],  # noqa: B006
    reason: Said = [],  # noqa: B006
) -> Response:
    """Close it, with the reasons given for its breaks, a line each."""
    if not len(code) == len(about) == len(reason):
        raise InvalidError("give each break its reason: send code, about and reason together")
    reasons = {
        (account, subject): why for account, subject, why in zip(code, about, reason, strict=True)
    }
    ledger.close_day(uow, tenant_id=member.tenant_id, day=day, actor=member.actor, reasons=reasons)
    return see_other(f"/console/closes/{day}")
