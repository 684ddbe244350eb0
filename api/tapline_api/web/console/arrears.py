"""Who owes for water: cards and their holders by the age of the debt, and reminding them."""

from fastapi import APIRouter, Request, Response, status

from tapline import reports
from tapline.cards import reminders
from tapline.errors import ConflictError
from tapline.files.sheets import Cell
from tapline.reports import Band
from tapline.uow import UnitOfWork
from tapline_api import exports, labels
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.formats import formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/arrears")

_SHOWN = 300
"""Longer lists are read as a table."""


@router.get("")
def arrears_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Every card that owes, the oldest debt first."""
    return _page(request, uow, member)


@router.get("/table.xlsx")
def arrears_export(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """The same, all of it, as a table."""
    formats = formats_of(request)
    rows: list[list[Cell]] = [
        ["card", "holder", "state", "amount_fen", "oldest_unpaid", "days", "drawn_with", "told"]
    ]
    for debt in reports.arrears(uow, tenant_id=member.tenant_id).debts:
        rows.append(
            [
                debt.card_no,
                debt.customer.name if debt.customer else "",
                formats.translate(labels.of(debt.card.state)) if debt.card else "",
                debt.amount_fen,
                formats.exact(debt.since),
                debt.band.value,
                debt.drawn_with,
                formats.exact(debt.told_at) if debt.told_at else "",
            ]
        )
    return exports.excel(uow, member, name="arrears", rows=rows)


@router.post("/{card_no}/remind")
def remind(request: Request, uow: Transaction, member: CurrentAgent, card_no: str) -> Response:
    """Have the holder told what he owes."""
    try:
        reminders.remind(uow, tenant_id=member.tenant_id, card_no=card_no, actor=member.actor)
    except ConflictError as error:
        return _page(request, uow, member, refusal=error.code)
    return see_other("/console/arrears")


def _page(
    request: Request, uow: UnitOfWork, member: Member, refusal: str | None = None
) -> Response:
    found = reports.arrears(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/arrears.html",
        status_code=status.HTTP_409_CONFLICT if refusal else status.HTTP_200_OK,
        member=member,
        found=found,
        shown=found.debts[:_SHOWN],
        bands=[(band, *found.of(band)) for band in Band],
        refusal=refusal,
    )
