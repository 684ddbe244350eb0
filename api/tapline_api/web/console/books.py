"""The books: ledger, clearing accounts, dead letters."""

from collections import defaultdict
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from tapline import ledger, reports
from tapline.devices import messages
from tapline.ledger import TrialRow
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.templating import render

router = APIRouter()


class SummedRow(NamedTuple):
    """One account of the trial balance, or all cards' accounts of one kind."""

    code: str
    accounts: int
    debit: int
    credit: int
    balance: int


@router.get("/ledger")
def ledger_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Trial balance and daily seals."""
    return _page(request, uow, member, None)


@router.get("/ledger/verify")
def verify(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Recompute everything that was posted, and say whether it is as it was."""
    proof = ledger.verify(uow, tenant_id=member.tenant_id)
    if "hx-request" in request.headers:
        return render(request, "console/proof.html", proof=proof)
    return _page(request, uow, member, proof)


def _page(
    request: Request, uow: UnitOfWork, member: Member, proof: ledger.Verification | None
) -> Response:
    return render(
        request,
        "console/ledger.html",
        member=member,
        rows=_summed(ledger.trial(uow, tenant_id=member.tenant_id)),
        heads=ledger.heads(uow, tenant_id=member.tenant_id, limit=14),
        proof=proof,
    )


def _summed(rows: list[TrialRow]) -> list[SummedRow]:
    """Cards by kind of account: nobody reads a hundred thousand lines, nor should he."""
    groups: dict[str, list[TrialRow]] = defaultdict(list)
    for row in rows:
        if row.unit == ledger.chart.FEN:
            groups[_group(row.code)].append(row)
    return [
        SummedRow(
            code,
            len(group),
            sum(row.debit for row in group),
            sum(row.credit for row in group),
            sum(row.balance for row in group),
        )
        for code, group in groups.items()
    ]


def _group(code: str) -> str:
    return f"card:*:{code.rpartition(':')[2]}" if code.startswith("card:") else code


@router.get("/clearing")
def clearing_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """What should be empty in the end, and why it is not."""
    accounts = reports.clearing(uow, tenant_id=member.tenant_id)
    return render(request, "console/clearing.html", member=member, accounts=accounts)


@router.get("/dead-letters")
def dead_letters_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Messages that were refused, with the reason."""
    letters = messages.buried(uow, tenant_id=member.tenant_id)
    return render(request, "console/dead_letters.html", member=member, letters=letters)
