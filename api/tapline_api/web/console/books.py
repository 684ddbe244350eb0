"""The books: from the trial balance to an account, to a journal, to the bytes of a machine."""

from collections import defaultdict
from datetime import date, datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response

from tapline import clock, ledger, reports
from tapline.errors import ConflictError, InvalidError
from tapline.files.sheets import Cell
from tapline.ids import new_id
from tapline.ledger import Days, TrialRow
from tapline.uow import UnitOfWork
from tapline_api import exports
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer

router = APIRouter()

_PAGE = 50
_EXPORTED = 50_000
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)

Code = Annotated[str, Query(max_length=200)]
Unit = Annotated[str, Query(max_length=100)]
Day = Annotated[date | None, Query()]


class SummedRow(NamedTuple):
    """One account of the trial balance, or all cards' accounts of one kind."""

    code: str
    unit: str
    accounts: int
    debit: int
    credit: int
    balance: int

    @property
    def is_one(self) -> bool:
        """Whether it is an account, and not a sum over cards."""
        return not self.code.startswith("card:*:")


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


@router.get("/ledger/trial.xlsx")
def trial_export(uow: Transaction, member: Treasurer) -> Response:
    """Every account, one a row."""
    rows: list[list[Cell]] = [["account", "unit", "side", "debit", "credit", "balance", "held"]]
    rows += [list(row) for row in ledger.trial(uow, tenant_id=member.tenant_id)]
    return exports.excel(uow, member, name="trial-balance", rows=rows)


@router.get("/ledger/account")
def account_page(
    *,
    request: Request,
    uow: Transaction,
    member: Treasurer,
    code: Code,
    unit: Unit = ledger.chart.FEN,
    before: Annotated[int | None, Query(ge=1)] = None,
    first: Day = None,
    last: Day = None,
) -> Response:
    """What was posted to an account, newest first, of the business days asked for."""
    account = ledger.named(uow, tenant_id=member.tenant_id, code=code, unit=unit)
    held = ledger.balances(uow, tenant_id=member.tenant_id, codes=[code], unit=unit)
    lines = ledger.statement(
        uow,
        tenant_id=member.tenant_id,
        code=code,
        unit=unit,
        limit=_PAGE,
        before=before,
        days=_days(first, last),
    )
    return render(
        request,
        "console/account.html",
        member=member,
        account=account,
        balance=held.get(code),
        lines=lines,
        older=lines[-1].version if len(lines) == _PAGE else None,
        first=first,
        last=last,
    )


@router.get("/ledger/account.xlsx")
def account_export(
    *,
    uow: Transaction,
    member: Treasurer,
    code: Code,
    unit: Unit = ledger.chart.FEN,
    first: Day = None,
    last: Day = None,
) -> Response:
    """The same as a table, up to 50,000 entries, newest first."""
    tenant_id = member.tenant_id
    ledger.named(uow, tenant_id=tenant_id, code=code, unit=unit)
    rows: list[list[Cell]] = [
        ["posted", "happened", "journal", "key", "kind", "side", "amount", "held", "balance"]
    ]
    days = _days(first, last)
    for line in ledger.statement(
        uow, tenant_id=tenant_id, code=code, unit=unit, limit=_EXPORTED, days=days
    ):
        moments = [_shown(line.recorded_at), _shown(line.event_at)]
        held = "held" if line.pending else ""
        posted: list[Cell] = [line.journal_id, line.key, line.kind, line.side, line.amount, held]
        rows.append([*moments, *posted, line.balance_after])
    return exports.excel(uow, member, name="account-statement", rows=rows)


@router.get("/ledger/journals/{journal_id}")
def journal_page(
    request: Request, uow: Transaction, member: Treasurer, journal_id: int
) -> Response:
    """One journal: its lines, its seal, what it resolves or reverses, and what it rests on."""
    tenant_id = member.tenant_id
    journal = ledger.journal(uow, tenant_id=tenant_id, journal_id=journal_id)
    try:
        seal = ledger.sealed_under(uow, tenant_id=tenant_id, journal_id=journal_id)
        intact = True
    except ConflictError:
        seal, intact = None, False
    return render(
        request,
        "console/journal.html",
        member=member,
        journal=journal,
        seal=seal,
        intact=intact,
        origins=reports.origins(uow, tenant_id=tenant_id, journal=journal),
        may_reverse=ledger.may_reverse(journal),
        adjustment_id=new_id(),
    )


def _days(first: date | None, last: date | None) -> Days | None:
    if first is None and last is None:
        return None
    days = Days(first or _EARLIEST, last or _LATEST)
    if not _EARLIEST <= days.first <= days.last <= _LATEST:
        raise InvalidError(f"{days.first} to {days.last}: give two days, the earlier one first")
    return days


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"


def _page(
    request: Request, uow: UnitOfWork, member: Member, proof: ledger.Verification | None
) -> Response:
    rows = ledger.trial(uow, tenant_id=member.tenant_id)
    return render(
        request,
        "console/ledger.html",
        member=member,
        rows=_summed([row for row in rows if row.unit == ledger.chart.FEN]),
        goods=[row for row in rows if row.unit != ledger.chart.FEN],
        heads=ledger.heads(uow, tenant_id=member.tenant_id, limit=14),
        proof=proof,
    )


def _summed(rows: list[TrialRow]) -> list[SummedRow]:
    """Cards by kind of account: nobody reads a hundred thousand lines, nor should he."""
    groups: dict[str, list[TrialRow]] = defaultdict(list)
    for row in rows:
        groups[_group(row.code)].append(row)
    return [
        SummedRow(
            code,
            ledger.chart.FEN,
            len(group),
            sum(row.debit for row in group),
            sum(row.credit for row in group),
            sum(row.balance for row in group),
        )
        for code, group in groups.items()
    ]


def _group(code: str) -> str:
    return f"card:*:{code.rpartition(':')[2]}" if code.startswith("card:") else code
