"""What should be empty in the end: what each account holds, why, since when, whose turn it is."""

from fastapi import APIRouter, Request, Response

from tapline import reports
from tapline.files.sheets import Cell
from tapline.people import Role
from tapline.reports import ClearingItem, ClearingKind
from tapline_api import exports, labels
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.formats import formats_of
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer

router = APIRouter(prefix="/clearing")

_PLACES = {
    ClearingKind.FINDING: "findings",
    ClearingKind.MACHINE: "machines",
    ClearingKind.BILL: "bills",
    ClearingKind.PAYOUT: "payouts",
    ClearingKind.TOPUP: "topups",
    ClearingKind.REFUND: "refunds",
}
_LISTS = {ClearingKind.ADJUSTMENT: "adjustments", ClearingKind.PAYMENTS: "payments"}
_OF_THE_DESK = frozenset({ClearingKind.FINDING, ClearingKind.MACHINE})
_OF_MONEY = frozenset({*_LISTS, ClearingKind.BILL, ClearingKind.PAYOUT})


@router.get("")
def clearing_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Every account, what nobody can explain first."""
    accounts = reports.clearing(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/clearing.html",
        member=member,
        accounts=accounts,
        waiting=reports.clearing_by_actor(accounts),
        unexplained_fen=sum(one.unexplained_fen for one in accounts),
        place_of=lambda item: _place(item, member),
    )


@router.get("/table.xlsx")
def clearing_export(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """The same, one thing a row."""
    formats = formats_of(request)
    translate = formats.translate
    rows: list[list[Cell]] = [
        ["account", "what", "why", "whose_turn", "since", "amount_fen", "reason", "matter"]
    ]
    for account in reports.clearing(uow, tenant_id=member.tenant_id):
        for item in account.items:
            rows.append(
                [
                    account.row.code,
                    item.subject,
                    translate(labels.of(item.why, "clearing")),
                    translate(labels.of(item.actor)),
                    formats.exact(item.since),
                    item.amount_fen,
                    item.words,
                    item.matter,
                ]
            )
        if account.unexplained_fen:
            unexplained = translate("Not explained: somebody must look")
            rows.append(
                [account.row.code, "", unexplained, "", "", account.unexplained_fen, "", ""]
            )
    return exports.excel(uow, member, name="clearing", rows=rows)


def _place(item: ClearingItem, member: Member) -> str | None:
    """Where an item is looked at; None where that door is closed to the reader."""
    role = member.staff.role
    if role is Role.FINANCE and item.kind in _OF_THE_DESK:
        return None
    if role is Role.AGENT and item.kind in _OF_MONEY:
        return None
    if item.kind in _LISTS:
        return f"/console/{_LISTS[item.kind]}"
    return f"/console/{_PLACES[item.kind]}/{item.ref}"
