from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tapline import audit, clock, files, ledger
from tapline.errors import ConflictError
from tapline.files import FlawedError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.payments.bills import books, matching, rules
from tapline.payments.bills.model import BillLine, BillState, ProviderBill
from tapline.payments.bills.repository import BillRepository
from tapline.payments.breaks import service as breaks
from tapline.people import Staff
from tapline.uow import UnitOfWork

_TEXT = "text/plain"


def plan(uow: UnitOfWork, *, tenant_id: str, providers: Collection[str]) -> None:
    """Await the bill of each past business day, from the first on which money was asked for."""
    bills, now = BillRepository(uow, tenant_id), clock.now()
    yesterday = clock.business_date(now) - timedelta(days=1)
    oldest = yesterday - timedelta(days=rules.DAYS_KEPT - 1)
    last = bills.last_days()
    starts = {one: last[one] + timedelta(days=1) for one in providers if one in last}
    if new := set(providers) - last.keys():
        starts |= bills.begins(new)
    for provider, first in starts.items():
        start = max(first, oldest)
        days = [start + timedelta(days=n) for n in range((yesterday - start).days + 1)]
        bills.add_once([_awaited(tenant_id, provider, day) for day in days])


def take_file(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID, content: bytes) -> ProviderBill:
    """Take in a bill that came whole: keep it, read it, book its fees, hold it against our books.

    Of one that cannot be read nothing is taken but the file and its flaws. A bill that was read
    already stays what it is.
    """
    bills = BillRepository(uow, tenant_id)
    bill = bills.get(bill_id, lock=True)
    if bill.state is BillState.READ:
        return bill
    name = f"{bill.provider}-{bill.day}.csv"
    bill.file_id = files.keep(
        uow, tenant_id=tenant_id, name=name, media_type=_TEXT, content=content
    ).file_id
    bill.error = None
    try:
        contents = rules.read(content, bill.day)
    except FlawedError as error:
        bill.state, bill.flaws = BillState.MALFORMED, [list(flaw) for flaw in error.flaws]
        return bill
    bill.state, bill.flaws, bill.read_at = BillState.READ, [], clock.now()
    bill.line_count = len(contents.lines)
    bill.paid_fen, bill.refunded_fen = contents.paid_fen, contents.refunded_fen
    bill.fee_fen = contents.fee_fen
    uow.session.flush()
    bills.add_lines([_row(bill_id, line) for line in contents.lines])
    _book_fees(uow, bill)
    match(uow, tenant_id=tenant_id, bill_id=bill_id)
    return bill


def match(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID) -> None:
    """Hold a bill against our books as they are now: breaks open, and close where both agree."""
    bills = BillRepository(uow, tenant_id)
    bill = bills.get(bill_id, lock=True)
    if bill.state is not BillState.READ:
        return
    lines = bills.lines(bill_id)
    found = matching.differences(lines, books.collected(uow, bill, lines))
    breaks.follow(
        uow,
        tenant_id=tenant_id,
        provider=bill.provider,
        bill_id=bill_id,
        day=bill.day,
        numbers={line.number for line in lines},
        differences=found,
    )


def match_open(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Look again at the bills of which something differs."""
    for bill_id in BillRepository(uow, tenant_id).with_open_breaks():
        match(uow, tenant_id=tenant_id, bill_id=bill_id)


def get(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID) -> ProviderBill:
    """One bill; `NotFoundError` where the tenant has none such."""
    return BillRepository(uow, tenant_id).get(bill_id)


def listed(uow: UnitOfWork, *, tenant_id: str, limit: int = 60) -> Sequence[ProviderBill]:
    """Bills, the latest days first."""
    return BillRepository(uow, tenant_id).listed(limit)


def lines(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID) -> Sequence[BillLine]:
    """The lines of a bill, in order; `NotFoundError` where the tenant has none such."""
    bills = BillRepository(uow, tenant_id)
    return bills.lines(bills.get(bill_id).bill_id)


def content(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID) -> bytes:
    """A bill byte by byte; `ConflictError` while it has not come."""
    bill = get(uow, tenant_id=tenant_id, bill_id=bill_id)
    if bill.file_id is None:
        raise ConflictError("the provider has not sent this bill yet")
    return files.read(uow, tenant_id=tenant_id, file_id=bill.file_id)[1]


def overdue(uow: UnitOfWork, *, tenant_id: str) -> Sequence[ProviderBill]:
    """Bills that are not read though it is past 11:00 of the next day, the oldest first."""
    until = clock.business_date(clock.now() - rules.OVERDUE_AFTER) - timedelta(days=1)
    return BillRepository(uow, tenant_id).missing(until)


def fetch_again(uow: UnitOfWork, *, tenant_id: str, bill_id: UUID, staff: Staff) -> ProviderBill:
    """Have a bill fetched once more, soon.

    Raises:
        NotFoundError: the tenant has no such bill.
        ConflictError: it is read, which it is once.
    """
    bill = BillRepository(uow, tenant_id).get(bill_id, lock=True)
    if bill.state is BillState.READ:
        raise ConflictError("this bill was read: it does not change any more")
    bill.state, bill.due_at = BillState.AWAITED, max(clock.now(), _from(bill.day))
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="bill.fetch",
        subject=f"bill:{bill.provider}:{bill.day}",
    )
    return bill


def _book_fees(uow: UnitOfWork, bill: ProviderBill) -> None:
    """What the provider kept. Booked when it is known: the bill's own day may be closed."""
    if bill.fee_fen == 0:
        return
    cost, held = chart.expense("psp_fee"), chart.psp(bill.provider)
    debit, credit = (cost, held) if bill.fee_fen > 0 else (held, cost)
    assert bill.read_at is not None
    command = ledger.Command(
        key=f"fee:{bill.provider}:{bill.day}",
        kind="psp_fee",
        event_at=bill.read_at,
        movement=ledger.Transfer(debit, credit, abs(bill.fee_fen)),
        content={"day": bill.day.isoformat(), "fee_fen": bill.fee_fen},
        source={"subject": f"bill:{bill.provider}:{bill.day}", "bill_id": str(bill.bill_id)},
    )
    ledger.post(uow, tenant_id=bill.tenant_id, commands=[command])


def _from(day: date) -> datetime:
    return clock.begins(day + timedelta(days=1)) + rules.AVAILABLE_AFTER


def _awaited(tenant_id: str, provider: str, day: date) -> dict[str, object]:
    return {
        "bill_id": new_id(),
        "tenant_id": tenant_id,
        "provider": provider,
        "day": day,
        "state": BillState.AWAITED,
        "due_at": _from(day),
        "flaws": [],
    }


def _row(bill_id: UUID, line: rules.Line) -> dict[str, object]:
    return {
        "bill_id": bill_id,
        "line": line.line,
        "kind": line.kind,
        "number": line.number,
        "out_trade_no": line.out_trade_no,
        "amount_fen": line.amount_fen,
        "fee_fen": line.fee_fen,
        "at": line.at,
    }
