"""Providers' daily bills: what came, what does not agree with our books, and who settles it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import payments, people
from tapline.files import Flaw
from tapline.files.sheets import Cell
from tapline.payments import bills
from tapline_api import exports
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.review import names_of

router = APIRouter(prefix="/bills")

_LINES_SHOWN = 500
Reason = Annotated[str, Form(min_length=1, max_length=500)]


@router.get("")
def bills_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """The open breaks, the oldest first; the days with their state; what ended lately."""
    tenant_id = member.tenant_id
    return render(
        request,
        "console/bills.html",
        member=member,
        breaks=bills.breaks(uow, tenant_id=tenant_id),
        ended=bills.breaks(uow, tenant_id=tenant_id, is_open=False, limit=20),
        bills=bills.listed(uow, tenant_id=tenant_id),
        overdue={one.bill_id for one in bills.overdue(uow, tenant_id=tenant_id)},
        names=names_of(uow, tenant_id),
    )


@router.get("/breaks.xlsx")
def breaks_export(uow: Transaction, member: Treasurer) -> Response:
    """Every open break, and those that ended lately."""
    tenant_id = member.tenant_id
    found = [
        *bills.breaks(uow, tenant_id=tenant_id),
        *bills.breaks(uow, tenant_id=tenant_id, is_open=False),
    ]
    names = names_of(uow, tenant_id)
    rows: list[list[Cell]] = [
        [
            *("day", "provider", "kind", "number", "ours_fen", "theirs_fen", "opened_at"),
            *("owner", "end", "ended_by", "ended_at", "reason"),
        ]
    ]
    rows += [
        [
            *(one.day.isoformat(), one.provider, one.kind.value, one.number),
            *(one.ours_fen, one.theirs_fen, one.opened_at.isoformat()),
            names.get(one.owner_id, "") if one.owner_id else "",
            *(one.end.value if one.end else "", one.ended_by or ""),
            *(one.ended_at.isoformat() if one.ended_at else "", one.reason),
        ]
        for one in found
    ]
    return exports.excel(uow, member, name="provider-breaks", rows=rows)


@router.get("/{bill_id}")
def bill_page(request: Request, uow: Transaction, member: Treasurer, bill_id: UUID) -> Response:
    """One day's bill: its lines, what does not agree, or what cannot be read."""
    tenant_id = member.tenant_id
    bill = bills.get(uow, tenant_id=tenant_id, bill_id=bill_id)
    return render(
        request,
        "console/bill.html",
        member=member,
        bill=bill,
        lines=bills.lines(uow, tenant_id=tenant_id, bill_id=bill_id)[:_LINES_SHOWN],
        flaws=[Flaw(*flaw) for flaw in bill.flaws],
        breaks=bills.of_bill(uow, tenant_id=tenant_id, bill_id=bill_id),
    )


@router.get("/{bill_id}/lines.xlsx")
def lines_export(uow: Transaction, member: Treasurer, bill_id: UUID) -> Response:
    """A bill's lines, in fen."""
    bill = bills.get(uow, tenant_id=member.tenant_id, bill_id=bill_id)
    rows: list[list[Cell]] = [
        ["line", "kind", "number", "our_number", "amount_fen", "fee_fen", "at"]
    ]
    rows += [
        [
            *(one.line, one.kind.value, one.number, one.out_trade_no),
            *(one.amount_fen, one.fee_fen, one.at.isoformat()),
        ]
        for one in bills.lines(uow, tenant_id=member.tenant_id, bill_id=bill_id)
    ]
    return exports.excel(uow, member, name=f"bill-{bill.provider}-{bill.day}", rows=rows)


@router.get("/{bill_id}/file.csv")
def file(uow: Transaction, member: Treasurer, bill_id: UUID) -> Response:
    """A bill byte by byte, as the provider sent it."""
    bill = bills.get(uow, tenant_id=member.tenant_id, bill_id=bill_id)
    return Response(
        bills.content(uow, tenant_id=member.tenant_id, bill_id=bill_id),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{bill.provider}-{bill.day}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.post("/{bill_id}/fetch")
def fetch_again(uow: Transaction, member: Treasurer, bill_id: UUID) -> Response:
    """Have it fetched once more."""
    bills.fetch_again(uow, tenant_id=member.tenant_id, bill_id=bill_id, staff=member.staff)
    return see_other(f"/console/bills/{bill_id}")


@router.get("/breaks/{difference_id}")
def break_page(
    request: Request, uow: Transaction, member: Treasurer, difference_id: UUID
) -> Response:
    """One break: both sides, what the provider answered, and what can be done."""
    tenant_id = member.tenant_id
    broken = bills.get_break(uow, tenant_id=tenant_id, break_id=difference_id)
    payment_id, payout_id = broken.payment_id, broken.payout_id
    return render(
        request,
        "console/bill_break.html",
        member=member,
        broken=broken,
        payment=payments.get(uow, tenant_id=tenant_id, payment_id=payment_id)
        if payment_id
        else None,
        payout=payments.payout(uow, tenant_id=tenant_id, payout_id=payout_id)
        if payout_id
        else None,
        returned=payments.payouts_of(
            uow, tenant_id=tenant_id, subject=f"provider_break:{difference_id}"
        ),
        names=names_of(uow, tenant_id),
        settlers=[
            one for one in people.staff_of(uow, tenant_id=tenant_id) if one.role in bills.SETTLERS
        ],
    )


@router.post("/breaks/{difference_id}/assign")
def assign(
    uow: Transaction, member: Treasurer, difference_id: UUID, owner: Annotated[UUID, Form()]
) -> Response:
    """Give it to somebody who settles it."""
    bills.assign(
        uow, tenant_id=member.tenant_id, break_id=difference_id, owner_id=owner, staff=member.staff
    )
    return see_other(f"/console/bills/breaks/{difference_id}")


@router.post("/breaks/{difference_id}/ask")
def ask(uow: Transaction, member: Treasurer, difference_id: UUID) -> Response:
    """Have the provider asked about it."""
    bills.ask_again(uow, tenant_id=member.tenant_id, break_id=difference_id, staff=member.staff)
    return see_other(f"/console/bills/breaks/{difference_id}")


@router.post("/breaks/{difference_id}/accept")
def accept(uow: Transaction, member: Treasurer, difference_id: UUID, reason: Reason) -> Response:
    """Say why it may stand."""
    bills.accept(
        uow, tenant_id=member.tenant_id, break_id=difference_id, staff=member.staff, reason=reason
    )
    return see_other(f"/console/bills/breaks/{difference_id}")


@router.post("/breaks/{difference_id}/propose")
def propose_return(
    uow: Transaction, member: Treasurer, difference_id: UUID, reason: Reason
) -> Response:
    """Propose that the money goes back to who paid it."""
    bills.propose_return(
        uow, tenant_id=member.tenant_id, break_id=difference_id, staff=member.staff, reason=reason
    )
    return see_other(f"/console/bills/breaks/{difference_id}")


@router.post("/breaks/{difference_id}/confirm")
def confirm_return(uow: Transaction, member: Treasurer, difference_id: UUID) -> Response:
    """Confirm a colleague's proposal: the money goes back."""
    bills.confirm_return(
        uow, tenant_id=member.tenant_id, break_id=difference_id, staff=member.staff
    )
    return see_other(f"/console/bills/breaks/{difference_id}")


@router.post("/breaks/{difference_id}/refuse")
def refuse_return(
    uow: Transaction, member: Treasurer, difference_id: UUID, reason: Reason
) -> Response:
    """Send a proposal back."""
    bills.refuse_return(
        uow, tenant_id=member.tenant_id, break_id=difference_id, staff=member.staff, reason=reason
    )
    return see_other(f"/console/bills/breaks/{difference_id}")
